"""Heat maps: numbers in rows and columns, all drawn on one matrix."""
