"""Figures, a module each: `draw` makes a matplotlib Figure of tables, of `cells` (what `read` made of files), or both.

style, heatmap and panels are what they share.
"""
