"""Reads and writes: pairs, examples, lessons, metrics and exports."""
