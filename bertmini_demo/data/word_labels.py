"""What single words of a hypothesis give away: how often each came with each label in the training data.

Annotators who write a false sentence reach for "nobody" and "sleeping", and a model can learn the word instead of the
inference: annotation artefacts (Gururangan et al. 2018, https://aclanthology.org/N18-2017/; Poliak et al. 2018,
https://aclanthology.org/S18-2023/). A count says what the data allow, not what this model uses.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bertmini_demo.errors import DataError
from bertmini_demo.settings import ASSETS

WORD_LABELS = ASSETS / "word_labels.json"
WORD = re.compile(r"[^\W_]+")
STRENGTH = 10  # pairs that the prior counts as in smoothing


@dataclass(frozen=True, slots=True)
class WordLabel:
    """A word and the labels of the training pairs that have it in their hypothesis.

    Attributes:
        count: pairs with the word.
        counts: label to pairs.
        probabilities: label to P(label | word), smoothed; they sum to 1.
    """

    word: str
    count: int
    counts: dict[str, int]
    probabilities: dict[str, float]

    @property
    def label(self) -> str:
        """The most frequent label."""
        return max(self.probabilities, key=self.probabilities.get)


@dataclass(frozen=True, slots=True)
class WordLabels:
    """Counts of the words of hypotheses.

    Attributes:
        totals: label to all pairs counted, whatever their words.
        counts: word, in lower case, to its pairs by label in the order of ``totals``.
    """

    totals: dict[str, int]
    counts: dict[str, tuple[int, ...]]

    def of(self, word: str) -> WordLabel | None:
        """The labels of one word; None where it is rare or was not counted.

        Smoothed towards the labels' shares among all pairs, which count as many as ten more pairs: P(label | word) =
        (pairs with word and label + 10 P(label)) / (pairs with word + 10).
        """
        counts = self.counts.get(word.lower())
        if counts is None:
            return None
        total, every = sum(counts), sum(self.totals.values())
        return WordLabel(
            word=word,
            count=total,
            counts=dict(zip(self.totals, counts, strict=True)),
            probabilities={
                label: (count + STRENGTH * pairs / every) / (total + STRENGTH)
                for count, (label, pairs) in zip(counts, self.totals.items(), strict=True)
            },
        )

    def of_sentence(self, hypothesis: str) -> tuple[WordLabel, ...]:
        """The words of a hypothesis that were counted, those first that raise a label most over its share of all pairs."""
        every = sum(self.totals.values())

        def gain(entry: WordLabel) -> float:
            return max(share - self.totals[label] / every for label, share in entry.probabilities.items())

        known = [entry for word in words_of(hypothesis) if (entry := self.of(word))]
        return tuple(sorted(known, key=gain, reverse=True))


def words_of(text: str) -> tuple[str, ...]:
    """The distinct words of a text in lower case, letters and digits only, in order; "isn't" is two words."""
    return tuple(dict.fromkeys(WORD.findall(text.lower())))


@cache
def read_word_labels(file: Path = WORD_LABELS) -> WordLabels:
    """The counts that ship with the model, or those of another file.

    Raises:
        DataError: no such file, or one that holds no counts.
    """
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        totals = dict(table["pairs"])
        counts = {word: tuple(map(int, row)) for word, row in table["words"].items()}
    except OSError as error:
        raise DataError(f"There is no file {file}. Write it with the command words.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{file} holds no counts of words: {error!r}. Write it again.") from error
    if any(len(row) != len(totals) for row in counts.values()) or not sum(totals.values()):
        raise DataError(f"{file} holds no counts of words: each needs one number a label. Write it again.")
    return WordLabels(totals, counts)
