"""Which column or key holds the premise, the hypothesis and the label: the names that data sets use.

Names are compared without case; spaces and hyphens count as underscores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bertmini_demo.data.label_words import NO_LABEL, label_of, named_order, normalise
from bertmini_demo.data.pair import Pair, quote
from bertmini_demo.results import HYPOTHESIS, LABELS, PREMISE

SENTENCES = (  # (premise, hypothesis); the first that a file has
    ("premise", "hypothesis"),  # WANLI, HANS, GLUE's diagnostics and most others
    ("premise", "hypo"),  # XNLI's translated training set
    ("context", "hypothesis"),  # ANLI
    ("text", "hypothesis"),  # the RTE challenges
    ("t", "h"),
    ("sentence1", "sentence2"),  # SNLI, MultiNLI, XNLI, GLUE, MED, e-SNLI, SciTail
    ("sentence_1", "sentence_2"),
    ("sentence_a", "sentence_b"),  # SICK
    ("context", "query"),  # FEVER-NLI: evidence and claim
    ("evidence", "claim"),  # VitaminC
    ("pre", "hyp"),  # UNLI
    ("text_a", "text_b"),
    ("text1", "text2"),
    ("s1", "s2"),
)
LABEL = "label"
LABEL_NAMES = (
    "gold_label",
    "label",
    "gold",  # WANLI
    "label_text",
    "entailment_label",  # SICK
    "entailment_judgment",  # SICK as SemEval gave it
    "majority_label",  # ChaosNLI
    "fracas_answer",
    "answer",
)
GROUPS = ("heuristic", "subcase")  # of HANS
PROBABILITIES = "probabilities"
NESTED = ("example", "row")  # keys under which ChaosNLI and the Hub's viewer put the pair
COLUMN_WORDS = {
    "id",
    "idx",
    "index",
    "label",
    "text",
    "question",
    "sentence",
    "answer",
    "passage",
    "document",
    "query",
}
NAMES_SHOWN = 12
ROUNDING = 0.01  # probabilities written with few digits may sum to so much more or less than 1


@dataclass(frozen=True, slots=True)
class Layout:
    """The keys of a row that hold a pair.

    Attributes:
        labels: the keys that may hold its label, the most trusted first.
        orders: what numbers mean, by the key whose name says so.
    """

    premise: str
    hypothesis: str
    labels: tuple[str, ...]
    orders: Mapping[str, Mapping[int, str]]
    groups: Mapping[str, str]
    probabilities: str | None


class UnknownLayout(ValueError):
    """Names of columns or keys among which premise and hypothesis cannot be found."""


@lru_cache(maxsize=256)
def layout_of(names: tuple[str, ...]) -> Layout:
    """
    Raises:
        UnknownLayout: premise and hypothesis are not among the names; the message lists them.
    """
    places: dict[str, str] = {}
    for name in names:
        places.setdefault(base_name(name), name)
    pair = next((pair for pair in SENTENCES if set(pair) <= set(places)), None)
    if pair is None:
        raise UnknownLayout(unknown(names, places))
    labels = tuple(places[name] for name in LABEL_NAMES if name in places)
    return Layout(
        premise=places[pair[0]],
        hypothesis=places[pair[1]],
        labels=labels,
        orders={name: order for name in labels if (order := named_order(name))},
        groups={name: places[name] for name in GROUPS if name in places},
        probabilities=places.get(PROBABILITIES),
    )


def base_name(name: str) -> str:
    """A name as the layouts have it, without what it says in brackets."""
    return normalise(name.partition("(")[0])


def unknown(names: Sequence[str], places: Mapping[str, str]) -> str:
    """A sentence that lists the columns and says what is missing among them."""
    listed = ", ".join(name.strip()[:40] or "(no name)" for name in names[:NAMES_SHOWN])
    listed += ", …" if len(names) > NAMES_SHOWN else ""
    if {"question", "sentence"} <= set(places):
        return (
            f"it has the columns {listed}: questions, and sentences that may answer them. Those are no premises and "
            "hypotheses; to judge them nevertheless, rename sentence to premise and question to hypothesis."
        )
    return f"it has the columns {listed}; premise and hypothesis must be among them, label may be."


def names_columns(cells: Sequence[str]) -> bool:
    """Whether a first row is a header: it holds a name of the layouts, or looks like names rather than sentences."""
    names = [base_name(cell) for cell in cells]
    known = {name for pair in SENTENCES for name in pair if len(name) > 1} | set(LABEL_NAMES)
    if known & set(names):
        return True
    if len(cells) < 2 or not all(cell.strip().replace("#", "").isidentifier() for cell in cells):
        return False
    return any("_" in name or name[-1:].isdigit() or name in COLUMN_WORDS for name in names)


def pair_of(
    row: Mapping[str, object],
    *,
    line: int = 1,
    labels: bool = True,
    order: Mapping[int, str] | None = None,
    graded: bool = False,
) -> Pair:
    """A row, by column or key, as a pair.

    Args:
        labels: whether labels are looked at.
        order: what numbers mean as labels.
        graded: whether probabilities are read, too.

    Raises:
        UnknownLayout: its keys name no premise and hypothesis.
        ValueError: a sentence is missing, blank or not text, or holds half a surrogate pair; or probabilities that are
            none. A label that is not understood is no error: it is kept as ``label_text``.
    """
    row = flattened(row)
    layout = layout_of(tuple(row))
    premise = sentence(row.get(layout.premise), PREMISE)
    hypothesis = sentence(row.get(layout.hypothesis), HYPOTHESIS)
    if not labels:
        return Pair(premise, hypothesis, line=line)
    label, text = read_label(row, layout, order)
    return Pair(
        premise,
        hypothesis,
        label,
        line,
        label_text=text,
        groups={name: str(row[key]) for name, key in layout.groups.items() if row.get(key) is not None},
        probabilities=read_probabilities(row.get(layout.probabilities)) if graded else None,
    )


def flattened(row: Mapping[str, object]) -> Mapping[str, object]:
    """A row with what is nested under one of NESTED beside the rest."""
    for name in NESTED:
        if isinstance(inner := row.get(name), dict):
            return {**row, **inner}
    return row


def sentence(value: object, name: str) -> str:
    """A sentence without outer spaces; of several languages the English one.

    Raises:
        ValueError: it is missing, empty or no text; the message calls it ``name``.
    """
    if isinstance(value, dict):  # XNLI in all languages, as the Hub gives it
        value = in_english(value)
    if not isinstance(value, str):
        got = "missing" if value is None else f"{quote(value)}, not text in quotes"
        raise ValueError(f"the {name} is {got}.")
    if not value.strip():
        raise ValueError(f"the {name} is empty.")
    value.encode()  # bytes that are not UTF-8, or half a surrogate pair, are no characters
    return value.strip()


def in_english(translations: dict) -> object:
    """The English one of {language: text}, or of {"language": [...], "translation": [...]}."""
    languages, texts = translations.get("language"), translations.get("translation")
    if isinstance(languages, list) and isinstance(texts, list):
        translations = dict(zip(languages, texts, strict=False))
    return translations.get("en", translations)


def read_label(
    row: Mapping[str, object], layout: Layout, order: Mapping[int, str] | None
) -> tuple[str | None, str | None]:
    """The label that is understood, and the text of the first that is there."""
    first = None
    for name in layout.labels:
        value = row.get(name)
        text = "" if value is None or isinstance(value, dict | list) else str(value).strip()
        if text in NO_LABEL:
            continue
        if label := label_of(text, order=layout.orders.get(name) or order):
            return label, text
        first = first or text
    return None, first


def read_probabilities(value: object) -> tuple[float, ...] | None:
    """
    Raises:
        ValueError: they are not a number from 0 to 1 for each of LABELS that sum to 1.
    """
    if value is None:
        return None
    shares = [value.get(label) for label in LABELS] if isinstance(value, dict) else []
    if not shares or not all(isinstance(share, int | float) and 0 <= share <= 1 for share in shares):
        raise ValueError(f"the probabilities are not a number from 0 to 1 for each of {', '.join(LABELS)}.")
    if abs(sum(shares) - 1) > ROUNDING:
        raise ValueError(f"the probabilities sum to {sum(shares):.3f}, not to 1.")
    return tuple(float(share) for share in shares)
