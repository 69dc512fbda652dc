"""Finds the encoding of a text file before anything of it is used, and opens it with that encoding."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO

from bertmini_demo.data.compressed_files import ADVICE, HEAD, check_head, explain_damage, open_bytes
from bertmini_demo.errors import DataError

CHUNK = 1 << 18  # bytes
MARKS = {  # byte order marks; the longer ones first, since that of UTF-32 begins like that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
UTF8, WESTERN = "utf-8", "cp1252"
NULS_OF_UTF16 = 0.4  # of every second byte, in text that is mostly English
FEW_ACCENTS, MAX_ACCENTS = (
    3,
    0.08,
)  # so many, and so many of all characters beyond them; more are no Western European text
# What Western European text holds beyond ASCII. Letters that Turkish or Slavic encodings give other meanings are left out.
WESTERN_CHARACTERS = re.compile(
    "[\x00-\x7f’‘“”–—…•€£¥©®™°§«»¡¿·½¼¾²³´\xa0àáâãäåæçèéêëìíîïñòóôõöøùúûüßœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ]*"
)
LETTER = r"[^\W\d_]"
MISREAD = re.compile(rf"[a-zà-ÿœ][À-ÝŒ]|{LETTER}[•€£¥©®™°§¡¿·½¼¾²³´«»]{LETTER}")  # signs of another encoding


@contextmanager
def open_text(
    path: Path,
    *,
    encoding: str | None = None,
    max_bytes: float = float("inf"),
    errors: str = "surrogateescape",
) -> Iterator[TextIO]:
    """Opens a text file, decompressed and decoded; line ends are "\\n".

    The whole file is read once beforehand, in constant memory: damage and bytes of another encoding are found before the
    first line is used.

    Args:
        encoding: a name that Python knows; None detects UTF-8, UTF-16, UTF-32 or Windows-1252.
        max_bytes: decompressed size that is accepted.
        errors: what becomes of single bytes that are not UTF-8 in a file that is; half a surrogate pair.

    Raises:
        DataError: no such file, not text, damaged, too large, or in another encoding.
    """
    detected = find_encoding(path, encoding=encoding, max_bytes=max_bytes)
    lenient = detected in (UTF8, "utf-8-sig")
    with (
        open_bytes(path) as file,
        io.TextIOWrapper(file, encoding=detected, errors=errors if lenient else "strict") as text,
    ):
        yield text


def read_beginning(path: Path, size: int) -> str:
    """The first characters of a text file, whatever follows them.

    Raises:
        DataError: no such file, or it is known to be no text.
    """
    with explain_damage(path), open_bytes(path) as file:
        content = file.read(size)
    check_head(content[:HEAD], path)
    return content.decode(encoding_of(content[:HEAD]), errors="replace")


def find_encoding(path: Path, *, encoding: str | None = None, max_bytes: float = float("inf")) -> str:
    """The encoding of a file, read to its end; see :func:`open_text`."""
    with explain_damage(path), open_bytes(path) as file:
        head = file.read(HEAD)
        check_head(head, path)
        named = encoding or encoding_of(head)
        if named in (UTF8, "utf-8-sig"):
            return scan_utf8(chunks(head, file, path, max_bytes), path, named=named)
        return scan_decoded(chunks(head, file, path, max_bytes), path, encoding=named)


def chunks(head: bytes, file: IO[bytes], path: Path, max_bytes: float) -> Iterator[bytes]:
    """The content piece by piece, as long as it is within the limit.

    Raises:
        DataError: there is more.
    """
    size, chunk = 0, head
    while chunk:
        size += len(chunk)
        if size > max_bytes:
            raise DataError(
                f"{path.name} has more than {max_bytes / 1e6:g} MB of text, which is the limit. Split it."
            )
        yield chunk
        chunk = file.read(CHUNK)


def encoding_of(head: bytes) -> str:
    """The encoding that the first bytes suggest: by the byte order mark, by the zero bytes of UTF-16, else UTF-8."""
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    for name, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros = head[first::2].count(0)
        if zeros > max(1, NULS_OF_UTF16 * len(head) / 2) and zeros == head.count(0):
            return name
    return UTF8


def scan_decoded(content: Iterator[bytes], path: Path, *, encoding: str) -> str:
    """Decodes all of it.

    Raises:
        DataError: the encoding does not exist, or a byte does not fit it.
    """
    try:
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        for chunk in content:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except LookupError as error:
        raise DataError(f"There is no encoding {encoding!r}. Name one such as utf-8 or cp1252.") from error
    except UnicodeError as error:
        raise DataError(f"{path.name} is not text in {encoding}: {error}. {ADVICE}") from error
    return encoding


@dataclass
class ByteCounts:
    """What a scan has seen beyond ASCII."""

    sequences: int = 0  # characters of more than one byte that are valid UTF-8
    bad: int = 0  # bytes that are not
    accents: int = 0  # bytes beyond ASCII
    size: int = 0
    western: bool = field(default=True)  # whether everything makes sense in Windows-1252

    def add(self, chunk: bytes) -> None:
        """Counts a piece that ends at the end of a character."""
        self.size += len(chunk)
        if chunk.isascii():
            return
        valid = chunk.decode(UTF8, errors="ignore")
        self.sequences += len(valid) - len(valid.encode("ascii", errors="ignore"))
        self.bad += len(chunk) - len(valid.encode())
        text = chunk.decode(WESTERN, errors="replace")
        self.accents += len(text) - len(text.encode("ascii", errors="ignore"))
        self.western = self.western and bool(WESTERN_CHARACTERS.fullmatch(text)) and not MISREAD.search(text)

    @property
    def is_western(self) -> bool:
        """Whether the bytes are plausible Western European text in Windows-1252."""
        return self.western and self.accents <= FEW_ACCENTS + MAX_ACCENTS * self.size


def scan_utf8(content: Iterator[bytes], path: Path, *, named: str) -> str:
    """UTF-8 where the bytes are that, but for single ones; else Windows-1252 where they make sense as that.

    Raises:
        DataError: zero bytes, or bytes of some other encoding.
    """
    counts, rest = ByteCounts(), b""
    for chunk in content:
        if b"\0" in chunk:
            raise DataError(f"{path.name} is not text: it holds zero bytes. {ADVICE}")
        lines, newline, tail = chunk.rpartition(b"\n")  # a line end never splits a character
        counts.add(rest + lines + newline if newline else b"")
        rest = tail if newline else rest + chunk
    counts.add(rest)
    if counts.bad <= counts.sequences:
        return named
    if named == UTF8 and counts.is_western:
        return WESTERN
    raise DataError(f"{path.name} is not text in UTF-8, and its bytes do not show its encoding. {ADVICE}")
