"""For readers: what captions may ask of a study; tables in words."""
