"""Opens a file by what it contains, whatever its name: plain, gzip, bzip2, xz, or a zip archive of one file."""

import bz2
import gzip
import logging
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import ZipFile

from bertmini_demo.errors import DataError

log = logging.getLogger(__name__)

OPENERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
ZIP = b"PK\x03\x04"
FOREIGN = {  # how files begin that hold no plain text
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"\x04\x22\x4d\x18": "compressed with lz4",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a rar archive",
    ZIP: "a zip archive",
    b"PK\x05\x06": "an empty zip archive",
    b"\x1f\x9d": "compressed with compress",
    **dict.fromkeys(OPENERS, "compressed twice"),
    b"PAR1": "a Parquet table",
    b"ARROW1": "an Arrow table",
    b"SQLite format 3\0": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"%PDF": "a PDF",
    b"{\\rtf": "rich text (RTF)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x80\x04": "a pickle",
    b"version https://git-lfs": "a Git LFS pointer, not the file it points to",
}
TAR_MARK, TAR_OFFSET = b"ustar", 257
MARKUP = (b"<!doctype", b"<html", b"<?xml")
HEAD = 512  # bytes that show what a file is
NAMES_SHOWN = 4
ADVICE = "Save it as CSV, tab-separated text or JSON lines in UTF-8."


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file for reading in binary, decompressed.

    Raises:
        DataError: there is no such file, it is no text, or a zip archive holds more than one file.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}. Name an existing file.")
    with path.open("rb") as file:
        head = file.read(HEAD)
    opener = next((opener for mark, opener in OPENERS.items() if head.startswith(mark)), None)
    if head.startswith(ZIP):
        with ZipFile(path) as archive, archive.open(only_member(archive, path)) as file:
            yield file
    else:
        with (opener or Path.open)(path, "rb") as file:
            yield file


@contextmanager
def explain_damage(path: Path) -> Iterator[None]:
    """Turns the errors of a broken archive into one of ours.

    Raises:
        DataError: the file cannot be read to its end, or what DataError was raised within.
    """
    try:
        yield
    except DataError:
        raise
    except Exception as error:  # archives of strangers break the libraries in ways that no list holds
        log.info("%s cannot be read", path, exc_info=True)
        raise DataError(
            f"{path.name} cannot be read to its end: {error}. If it is an archive, it may be damaged: fetch it again."
        ) from error


def only_member(archive: ZipFile, path: Path) -> str:
    """The name of the one file in a zip archive; folders and hidden files do not count.

    Raises:
        DataError: there is none or more than one, it needs a password, or the archive is an office document.
    """
    names = archive.namelist()
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise DataError(f"{path.name} is an office document, such as an Excel workbook. {ADVICE}")
    files = [
        entry
        for entry in archive.infolist()
        if not entry.is_dir()
        and not entry.filename.startswith("__MACOSX")
        and not PurePosixPath(entry.filename).name.startswith(".")
    ]
    if len(files) != 1:
        listed = ", ".join(entry.filename for entry in files[:NAMES_SHOWN])
        more = ", …" if len(files) > NAMES_SHOWN else ""
        raise DataError(
            f"{path.name} is a zip archive of {len(files)} files{': ' if files else ''}{listed}{more}. "
            "Unpack it and choose one file."
        )
    if files[0].flag_bits & 1:
        raise DataError(f"{path.name} is a zip archive with a password. Unpack it first.")
    return files[0].filename


def check_head(head: bytes, path: Path) -> None:
    """Refuses content that is known to be no text of sentence pairs.

    Args:
        head: the first HEAD bytes, decompressed.

    Raises:
        DataError: with what the content is.
    """
    kind = next((kind for mark, kind in FOREIGN.items() if head.startswith(mark)), None)
    if head[TAR_OFFSET:].startswith(TAR_MARK):
        kind = "a tar archive"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(MARKUP):
        kind = "a web page or XML"
    if kind:
        raise DataError(f"{path.name} is {kind}. {ADVICE}")
