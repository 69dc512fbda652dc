"""What if: a word, a head or a sentence were different? Experiments on the model."""
