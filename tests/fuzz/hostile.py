"""What nobody types by accident: a corpus, and strategies that mix it with text of all planes and JSON of all shapes."""

import json
import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

INPUTS = int(os.environ.get("FUZZ_INPUTS", "300"))  # of all tests of this folder together
CANARY = "<img src=x onerror=window.caught=1>"
CORPUS = (
    "",
    " \t\r\n",
    "\x00",
    "a\x00b\x07\x1b[31mc",
    "\u202eright to left\u202c \u2066isolate\u2069 \u200f\u200e",
    "\ud800",
    "half \udfff pair",
    "\ufffe\uffff\U0010ffff",
    "e" + "\u0301" * 500,
    "👩‍👩‍👧‍👦" * 50,
    "ﷺ" * 200,
    "x" * 10_000,
    "x" * 10_001,
    "word " * 2_000,
    CANARY,
    "<script>window.caught=1</script>",
    "</textarea></script><svg onload=window.caught=1>",
    "javascript:window.caught=1",
    "${window.caught=1} {{value}} {{#each value}}x{{/each}} {% raw %} <%= 7*7 %>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1",
    "-1",
    "../../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "C:\\Windows\\win.ini",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "http://127.0.0.1:1/",
    "'; DROP TABLE pairs; --",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    "##ing ## #",
    "NaN",
    "1e999",
    "9" * 400,
    "null",
    "__proto__",
    "constructor",
)


def examples(share: float) -> settings:
    """How many inputs a test is given, as a share of all; the same ones each time unless more are asked for."""
    return settings(
        max_examples=max(1, round(INPUTS * share)),
        deadline=None,
        database=None,
        derandomize=INPUTS <= 1_000,
        suppress_health_check=list(HealthCheck),
    )


def texts() -> st.SearchStrategy[str]:
    """Text of all planes, lone surrogates too; and pieces of the corpus put together."""
    anything = st.text(st.characters(exclude_categories=()), max_size=60)
    pieces = st.integers(0, len(CORPUS) - 1).map(of_corpus)
    return st.one_of(anything, pieces, st.lists(st.one_of(pieces, anything), max_size=3).map("".join))


def of_corpus(place: int) -> str:
    return CORPUS[place]


def values() -> st.SearchStrategy[object]:
    """JSON of any shape: huge numbers, NaN and infinity, deep nesting, keys that mean something elsewhere."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(62, 1000).map(power),
        st.floats(),
        texts(),
    )
    deep = st.integers(1, 400).map(nested)
    branches = st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts(), inner, max_size=3)),
    )
    files = st.fixed_dictionaries({"path": texts(), "meta": st.just({"_type": "gradio.FileData"})})
    return st.one_of(leaves, branches, deep, files)


def power(exponent: int) -> int:
    return -(2**exponent) if exponent % 2 else 2**exponent


def nested(depth: int) -> object:
    value: object = "x"
    for _ in range(depth):
        value = [value]
    return value


def as_json(value: object) -> bytes:
    """The bytes of a value, NaN and lone surrogates as they are."""
    return json.dumps(value).encode()
