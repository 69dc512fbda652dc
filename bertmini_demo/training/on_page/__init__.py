"""Copies of the model that visitors train on their own pairs."""
