"""How it decides: the map of the model, whose parts open in place."""
