"""The map: the whole model on one pair, as one SVG picture."""
