"""Counts which words of a hypothesis come with which label in the pairs that a model was trained on."""

import argparse
import json
import logging
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bertmini_demo.data.word_labels import WORD_LABELS, WordLabels, words_of
from bertmini_demo.results import LABELS
from bertmini_demo.training.corpora.corpus_files import add_reading_arguments, labelled_pairs, reading
from bertmini_demo.training.option_types import integer

WORDS = 6500  # most frequent, which keeps the table under 150 kB
ABOUT = (
    "For each word, how many training pairs have it in their hypothesis, by label (a pair counts once, however often the "
    "word is in it); the most frequent words only; written by: python -m bertmini_demo.training words --data FILE ..."
)

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``words``."""
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="files of labelled pairs")
    add_reading_arguments(parser)
    parser.add_argument("--output", type=Path, help="file to write (default: the one that ships)")
    parser.add_argument(
        "--words",
        type=integer(1),
        default=WORDS,
        help=f"how many of the most frequent words (default: {WORDS})",
    )


def run(arguments: argparse.Namespace) -> None:
    """Counts in how many pairs of each label a word occurs, and writes the table."""
    pairs = labelled_pairs(arguments.data, **reading(arguments))
    table = count_words(((pair.hypothesis, pair.label) for pair in pairs), words=arguments.words)
    output = arguments.output or WORD_LABELS
    output.write_text(as_json(table), encoding="utf-8")
    log.info("%d words of %d pairs, written to %s", len(table.counts), len(pairs), output)


def count_words(hypotheses: Iterable[tuple[str, str]], *, words: int = WORDS) -> WordLabels:
    """Counts pairs by word and label.

    Args:
        hypotheses: (hypothesis, label) of each pair.
        words: how many to keep, the most frequent; of equally frequent ones the first in the alphabet.
    """
    totals: Counter[str] = Counter()
    counts: Counter[tuple[str, str]] = Counter()
    for hypothesis, label in hypotheses:
        totals[label] += 1
        counts.update((word, label) for word in words_of(hypothesis))
    frequencies: Counter[str] = Counter()
    for (word, _), count in counts.items():
        frequencies[word] += count
    frequent = sorted(frequencies, key=lambda word: (-frequencies[word], word))[:words]
    return WordLabels(
        totals={label: totals[label] for label in LABELS},
        counts={word: tuple(counts[word, label] for label in LABELS) for word in frequent},
    )


def as_json(table: WordLabels) -> str:
    """One word a line, so that a change can be read."""
    rows = ",\n".join(
        f"{json.dumps(word, ensure_ascii=False)}:{json.dumps(counts, separators=(',', ':'))}"
        for word, counts in table.counts.items()
    )
    return f'{{"about":{json.dumps(ABOUT)},\n"pairs":{json.dumps(table.totals)},\n"words":{{\n{rows}\n}}}}\n'
