"""A file is what it contains, not what it is called; what holds no text is refused by name."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from bertmini_demo.data.compressed_files import HEAD, check_head, explain_damage, open_bytes
from bertmini_demo.errors import DataError

TEXT = b"premise,hypothesis\na,b\n" * 50
PACKERS = {"plain": bytes, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


def zipped(*files: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files:
            archive.writestr(
                zipfile.ZipInfo(name), text
            )  # no time of day: each process must see the same bytes
    return content.getvalue()


def read(path) -> bytes:
    with open_bytes(path) as file:
        content = file.read()
    check_head(content[:HEAD], path)
    return content


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("name", ["pairs.csv", "pairs.gz", "pairs.xz", "pairs"])
def test_what_is_packed_is_found_by_content_whatever_the_name(tmp_path, packer, name):
    (tmp_path / name).write_bytes(PACKERS[packer](TEXT))
    assert read(tmp_path / name) == TEXT


@pytest.mark.parametrize(
    "files",
    [
        [("pairs.csv", TEXT)],
        [("__MACOSX/._pairs.csv", b"x"), ("folder/", b""), ("folder/pairs.csv", TEXT)],
        [(".DS_Store", b"x"), ("pairs.csv", TEXT)],
        [("../../pairs.csv", TEXT)],
        [(".hidden/pairs.csv", TEXT)],
    ],
)
def test_a_zip_archive_of_one_file_is_read(tmp_path, files):
    (tmp_path / "pairs.zip").write_bytes(zipped(*files))
    assert read(tmp_path / "pairs.zip") == TEXT


def tar() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        entry = tarfile.TarInfo("pairs.csv")
        entry.size = len(TEXT)
        archive.addfile(entry, io.BytesIO(TEXT))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(("dev.csv", TEXT), ("test.csv", TEXT)), r"2 files: dev\.csv, test\.csv"),
        (zipped(*((f"{n}.csv", TEXT) for n in range(9))), "9 files: .*, …"),
        (zipped(("folder/", b"")), "0 files"),
        (zipped(("[Content_Types].xml", b""), ("xl/workbook.xml", b"")), "Excel"),
        (tar(), "a tar archive"),
        (gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0), "compressed twice"),
        (zipped(("pairs.csv.gz", gzip.compress(TEXT, mtime=0))), "compressed twice"),
        (b"\x28\xb5\x2f\xfd" + bytes(range(99)), "zstd"),
        (b"\x1f\x9d" + bytes(99), "csv is compressed with compress"),
        (b"PAR1" + bytes(99), "Parquet"),
        (b"%PDF-1.7\n", r"PDF.*\. Save it as CSV, tab-separated text or JSON lines in UTF-8\.$"),
        (b"  <!DOCTYPE html><html>", "a web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', "XML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "Git LFS"),
        (b"SQLite format 3\0", "SQLite"),
    ],
)
def test_what_is_no_text_is_refused_by_what_it_is(tmp_path, content, message):
    (tmp_path / "pairs.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "pairs.csv")


@pytest.mark.parametrize("packer", ["gzip", "bzip2", "xz"])
def test_a_damaged_archive_is_named(tmp_path, packer):
    (tmp_path / "pairs.csv").write_bytes(PACKERS[packer](TEXT)[:-12])
    with (
        pytest.raises(DataError, match=r"pairs\.csv cannot be read to its end"),
        explain_damage(tmp_path / "pairs.csv"),
    ):
        read(tmp_path / "pairs.csv")


@pytest.mark.parametrize("name", ["missing.csv", "folder"])
def test_what_is_no_file_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match=name):
        read(tmp_path / name)


def unsupported() -> bytes:
    """A zip archive whose file says that it is compressed by a method that Python does not know."""
    content = bytearray(zipped(("pairs.csv", TEXT)))
    directory = content.index(b"PK\x01\x02")
    content[8:10] = content[directory + 10 : directory + 12] = (9).to_bytes(2, "little")
    return bytes(content)


def patched() -> bytes:
    """One with a flag that Python refuses."""
    content = bytearray(zipped(("pairs.csv", TEXT)))
    content[6] |= 0x20
    content[content.index(b"PK\x01\x02") + 8] |= 0x20
    return bytes(content)


def test_a_zip_archive_with_a_password_is_refused(tmp_path):
    content = bytearray(zipped(("pairs.csv", TEXT)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "pairs.zip").write_bytes(content)
    with pytest.raises(DataError, match="with a password"):
        read(tmp_path / "pairs.zip")


@pytest.mark.parametrize("content", [unsupported(), patched(), zipped(("pairs.csv", TEXT))[:40]])
def test_a_broken_zip_archive_breaks_nothing_else(tmp_path, content):
    path = tmp_path / "pairs.zip"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"pairs\.zip cannot be read to its end"), explain_damage(path):
        read(path)


def test_what_was_explained_before_stays_as_it_is(tmp_path):
    with pytest.raises(DataError, match=r"^one$"), explain_damage(tmp_path):
        raise DataError("one")
