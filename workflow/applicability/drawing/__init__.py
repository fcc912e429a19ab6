"""What figures share: style, maps over scale and n, panels."""
