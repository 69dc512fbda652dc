"""BERT-mini, opened up: natural language inference with its verdict, its reasons and its attention.

>>> import bertmini_demo
>>> model = bertmini_demo.load_model()
>>> model.predict("A man is asleep.", "A man is awake.").label
'contradiction'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bertmini_demo.inference import NLIModel
    from bertmini_demo.settings import Settings

__all__ = ["__version__", "load_model"]
__version__ = "0.1.0"


def load_model(name: str | None = None, *, settings: Settings | None = None) -> NLIModel:
    """Loads a BERT classifier for natural language inference.

    Args:
        name: None for the shipped BERT-mini, a folder, or a Hugging Face Hub name (owner/name).
        settings: limits to hold to, and the labels where the checkpoint's own are not to be believed; none: the defaults.

    Raises:
        CheckpointError: nothing there, damaged, or not a BERT classifier of sentence pairs.
    """
    from bertmini_demo.inference import NLIModel
    from bertmini_demo.model.checkpoint import load_checkpoint

    return NLIModel(load_checkpoint(name, settings=settings), settings)
