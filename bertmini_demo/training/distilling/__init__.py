"""Distillation: small models that learn from larger ones, from their probabilities or their attention."""
