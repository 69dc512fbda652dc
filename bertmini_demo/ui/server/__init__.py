"""Serves the page: requests, limits, errors, logs and background work."""
