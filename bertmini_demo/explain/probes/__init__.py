"""Linear probes: which facts can be read from the states after each layer."""
