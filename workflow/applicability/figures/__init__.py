"""Figures, a module each: its CAPTION, and `draw`, which makes a matplotlib Figure; catalogue.py says of what.

What figures share is in the folder drawing.
"""
