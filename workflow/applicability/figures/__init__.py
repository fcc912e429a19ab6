"""Figures: a module each, with `read` (one of its files) and `draw` (what was read -> a matplotlib Figure)."""
