"""BERT-mini, opened up: natural language inference with its verdict, its reasons and its attention.

>>> import bertmini_demo
>>> model = bertmini_demo.load_model()
>>> model.predict("A man is asleep.", "A man is awake.").label
'contradiction'

Importing the package loads nothing heavy: each name is imported when it is first used (PEP 562).
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bertmini_demo.attribution import METHODS, attribute
    from bertmini_demo.errors import CheckpointError, DataError, DemoError, InputError, LessonError
    from bertmini_demo.inference import NLIModel
    from bertmini_demo.results import Attribution, EncodedPair, Prediction, Trace, Word
    from bertmini_demo.settings import Settings

log = logging.getLogger(__name__)

__version__ = "0.1.0"
MODULES = {
    "attribution": ("METHODS", "attribute"),
    "errors": ("CheckpointError", "DataError", "DemoError", "InputError", "LessonError"),
    "inference": ("NLIModel",),
    "results": ("Attribution", "EncodedPair", "Prediction", "Trace", "Word"),
    "settings": ("Settings",),
}
HOMES = {name: f"bertmini_demo.{module}" for module, names in MODULES.items() for name in names}
__all__ = [
    "METHODS",
    "Attribution",
    "CheckpointError",
    "DataError",
    "DemoError",
    "EncodedPair",
    "InputError",
    "LessonError",
    "NLIModel",
    "Prediction",
    "Settings",
    "Trace",
    "Word",
    "__version__",
    "attribute",
    "load_model",
]


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_model(name: str | None = None, *, settings: Settings | None = None) -> NLIModel:
    """Loads a BERT classifier for natural language inference.

    Args:
        name: None for the shipped BERT-mini, a folder, or a Hugging Face Hub name (owner/name).
        settings: limits, and the labels of the outputs where the checkpoint's own are not to be used; None for the defaults.

    Raises:
        CheckpointError: nothing there, damaged, or not a BERT classifier of sentence pairs.
    """
    from bertmini_demo.inference import NLIModel
    from bertmini_demo.model.checkpoint import load_checkpoint

    model = NLIModel(load_checkpoint(name, settings=settings), settings)
    for note in model.notes:
        log.info("%s: %s", model.name, note)
    return model
