"""Computes a verdict: from a checkpoint on disk to logits."""
