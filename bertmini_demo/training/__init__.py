"""Makes the checkpoints: a vocabulary, masked-language-model pretraining, NLI fine-tuning, evaluation.

Run ``python -m bertmini_demo.training --help``. The loop itself is transformers' Trainer on accelerate.
"""
