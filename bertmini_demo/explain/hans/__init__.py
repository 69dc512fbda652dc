"""Pairs on which a shallow rule gives the wrong answer."""
