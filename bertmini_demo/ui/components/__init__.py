"""Pieces of the page that its views share: each a Python file with its template and its module for the browser."""
