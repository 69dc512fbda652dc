"""Data in, plotly Figure out. Pure functions: the same input gives the same JSON."""
