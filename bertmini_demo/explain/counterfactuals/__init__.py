"""Small edits of a pair, to see which of them change the verdict."""
