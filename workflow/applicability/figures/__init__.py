"""Figures, a module each: CAPTION, and `draw`, which returns a matplotlib Figure.

catalogue.py says what each figure reads. What figures share is in the folder drawing.
"""
