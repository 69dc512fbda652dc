"""Who asks a question, and what came with it beside the state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bertmini_demo.data.pair_files import Labels, Pairs, read_file
from bertmini_demo.ui.visitor_models import VisitorModels

NAME_LENGTH = 60  # characters of a file's name that are kept; in UTF-8 they fit every file system


@dataclass(frozen=True, slots=True, eq=False)
class SentFile:
    """A file of pairs, or a pasted text, that came with a question. It is kept for the answer alone."""

    name: str
    content: bytes

    def pairs(self, *, max_rows: int, megabytes: float, labels: Labels = "optional") -> Pairs:
        """Its pairs, as :func:`bertmini_demo.data.pair_files.read_file` reads them.

        Raises:
            InputError: too large, not text, damaged, or of unknown layout; field "pairs".
        """
        with TemporaryDirectory(prefix="bertmini-pairs-") as folder:
            path = Path(folder) / self.name
            path.write_bytes(self.content)
            return read_file(path, max_rows=max_rows, megabytes=megabytes, labels=labels)


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One request, for the answers that need more than a model and a state.

    Attributes:
        models: the models of all visitors, and the line of trainings.
        network: where the visitor is, see :func:`bertmini_demo.ui.server.network_address.network_address`; "" if unknown.
        file: what the visitor sent along; None where nothing was.
    """

    models: VisitorModels
    network: str = ""
    file: SentFile | None = None


def file_name(name: str) -> str:
    """A name under which a file can be kept, and that can be shown; of a path, the last part."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(character for character in last if character.isprintable())[-NAME_LENGTH:].strip(" .")
    return printable or "the file"
