"""Drawing: what figures share, namely style, heatmaps over scale and n, and panels."""
