"""Text is decoded as it was encoded, or refused before the first line is used."""

import codecs
import gzip

import pytest
from peak_memory import peak_memory

from bertmini_demo.data.text_encoding import encoding_of, find_encoding, open_text, read_beginning
from bertmini_demo.errors import DataError

TEXT = "premise,hypothesis\nThe café’s door is open.,It is “closed” – naïve.\nA man sleeps.,A man is awake.\n"


def read(path, **choices) -> str:
    with open_text(path, **choices) as text:
        return text.read()


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_an_encoding_is_found(tmp_path, encoding):
    path = tmp_path / "pairs.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert read(path).removeprefix("\ufeff") == TEXT


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("a,".encode("utf-16-le"), "utf-16-le"),
        ("a,".encode("utf-16-be"), "utf-16-be"),
        ("a".encode("utf-16-le"), "utf-8"),  # one zero byte shows nothing
        ("abcdeбвгдж".encode("utf-16-le"), "utf-16-le"),
        ("abcdбвгджз".encode("utf-16-le"), "utf-8"),  # too few letters of English
        ("abcdбвгджз".encode("utf-16-be"), "utf-8"),
        ("ab\0".encode("utf-16-le"), "utf-8"),  # a zero byte where UTF-16 has none
        (b"", "utf-8"),
    ],
)
def test_utf16_without_a_mark_shows_in_its_zero_bytes(head, expected):
    assert encoding_of(head) == expected


@pytest.mark.parametrize(
    ("mark", "encoding"), [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")]
)
def test_a_byte_order_mark_counts_and_is_no_text(tmp_path, mark, encoding):
    (tmp_path / "pairs.csv").write_bytes(mark + TEXT.encode(encoding))
    assert read(tmp_path / "pairs.csv") == TEXT


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Мужчина спит,Мужчина не спит\n", "cp1251"),
        ("男の人が寝ている,男の人は起きている\n", "shift_jis"),
        ("一个男人在睡觉,一个男人醒着\n", "gb18030"),
        ("Mężczyzna śpi,Mężczyzna nie śpi\n", "cp1250"),
        ("The café is open.,The naïve man\n", "mac_roman"),
        ("The door is “open”.,It’s shut\n", "mac_roman"),
        ("Ο άνδρας κοιμάται,Ο άνδρας\n", "cp1253"),
        ("Adam uyuyor ağır,Adam şişman\n", "cp1254"),
    ],
)
def test_another_encoding_is_refused_and_never_guessed(tmp_path, text, encoding):
    path = tmp_path / "pairs.csv"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(DataError, match=r"pairs\.csv is not text in UTF-8"):
        read(path)
    assert read(path, encoding=encoding) == text


@pytest.mark.parametrize("place", [3, 1 << 18, (1 << 18) - 513])
def test_what_is_far_inside_a_file_counts_like_its_beginning(tmp_path, place):
    path = tmp_path / "pairs.csv"
    lines = b"a man,a dog\n" * (place // 12)
    path.write_bytes(lines + "The café,b\n".encode("cp1252") + lines)
    assert find_encoding(path) == "cp1252"
    path.write_bytes(lines + "The café,b\n".encode() * 3 + lines)
    assert find_encoding(path) == "utf-8"


def test_single_bad_bytes_in_utf8_spoil_only_their_line(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_bytes("é,b\n".encode() + b"bad \xff,b\n" + "ü,c\n".encode())
    assert read(path).split("\n")[1] == "bad \udcff,b"
    assert read(path, errors="replace").split("\n")[1] == "bad \ufffd,b"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n\0\0", "zero bytes"),
        (bytes(range(256)) * 8, "not text|zero bytes"),
        ("a,b\n".encode("utf-16")[:-1], "not text in utf-16"),
    ],
)
def test_binary_content_is_refused(tmp_path, content, message):
    (tmp_path / "pairs.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read(tmp_path / "pairs.csv")


def test_an_encoding_that_is_named_must_exist_and_fit(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_bytes(b"caf\xe9,b\n")
    assert read(path, encoding="latin-1") == "café,b\n"
    with pytest.raises(DataError, match="no encoding 'klingon'"):
        read(path, encoding="klingon")
    with pytest.raises(DataError, match="not text in ascii"):
        read(path, encoding="ascii")


def test_the_limit_holds_for_what_is_unpacked(tmp_path):
    (tmp_path / "bomb.csv").write_bytes(gzip.compress(b"a,b\n" * 1_000_000))
    with pytest.raises(DataError, match="more than 1 MB"):
        read(tmp_path / "bomb.csv", max_bytes=1e6)


def test_finding_out_takes_no_more_memory_for_a_larger_file(tmp_path):
    def peak(count: int) -> int:
        (tmp_path / "pairs.csv").write_bytes(b"a man,a dog\n" * count)
        return peak_memory(lambda: find_encoding(tmp_path / "pairs.csv"))

    assert peak(200_000) < 2 * peak(40_000)


def test_the_beginning_is_read_whatever_follows(tmp_path):
    (tmp_path / "text.txt").write_bytes(b"Ein Haus\n\xff\xff")
    assert read_beginning(tmp_path / "text.txt", 8) == "Ein Haus"
