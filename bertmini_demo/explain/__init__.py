"""Says why: what a verdict depends on, as pure functions of a model and a pair."""
