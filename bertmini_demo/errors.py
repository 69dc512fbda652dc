"""The errors this package raises on purpose.

Every message says what was wrong, the value, the limit and the way out, in words meant for the person
who typed the input or started the command. Anything else that escapes is a bug.
"""


class DemoError(Exception):
    """Parent of all errors raised on purpose."""


class InputError(DemoError):
    """Text or a choice that cannot be analysed.

    Attributes:
        field: name of the argument the message is about, such as "premise" or "method".
    """

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class CheckpointError(DemoError):
    """A model that is missing, damaged, or not a BERT classifier for sentence pairs."""


class DataError(DemoError):
    """A training or evaluation file that cannot be used."""


class LessonError(DemoError):
    """A file of cards, pairs or terms that cannot be used; the message names file and line."""
