"""Figures of the worked examples, as the published ones have them, with the truth drawn in."""
