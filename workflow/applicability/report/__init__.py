"""Texts for readers: captions with a study's own numbers, and tables with headings in words."""
