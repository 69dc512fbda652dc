"""One-word changes of a pair that a reader would accept as a sentence, before any classifier has read them.

Three sources: the masked-language model, which predicts words for each place; opposites and neighbouring
numbers; negation added or removed. A change may need its negation in two words ("walks" becomes "does not walk").
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bertmini_demo.explain.counterfactuals.edits import TypedWord, read_sentences, typed_words
from bertmini_demo.explain.counterfactuals.english import (
    ADVERBS,
    AUXILIARIES,
    CLAUSE_BREAKS,
    DETERMINERS,
    NEGATIVE,
    PREPOSITIONS,
    PRONOUNS,
    a_or_an,
    words,
)
from bertmini_demo.explain.counterfactuals.negation import (
    SentenceEdit,
    capital,
    with_negation,
    without_negation,
)
from bertmini_demo.explain.counterfactuals.opposites import opposites
from bertmini_demo.model.masked_lm import LanguageModel
from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair

LANGUAGE_MODEL, OPPOSITE, NEGATION = "masked-language model", "opposite", "negation"
PIECES_MASKED = 2048  # word pieces that the masked-language model reads for one pair, which bounds the time
EXPECTED = 12  # words it predicts for each place
MIN_PROBABILITY = 0.002  # of a word in its place; below, the sentence reads oddly
CLOSED = (  # classes of function words: each takes the place of its own kind only
    PREPOSITIONS
    | words("after before without within along across off up down out around against inside outside"),
    PRONOUNS | words("him her them us me"),
    words("himself herself itself themselves"),
    ADVERBS,
    CLAUSE_BREAKS,
)
FIXED = DETERMINERS | AUXILIARIES | NEGATIVE  # grammar rather than content: the rules alone change them


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair with one word changed.

    Attributes:
        source: LANGUAGE_MODEL, OPPOSITE or NEGATION.
        sentence: the one that was changed, "premise" or "hypothesis".
        word: index in the pair's words of the word that was changed.
        old, new: as typed; ``new`` is empty where the word is removed.
        text: the changed sentence.
        probability: of ``new`` in its place by the masked-language model, from 0 to 1; None where it was not computed.
    """

    source: str
    sentence: str
    word: int
    old: str
    new: str
    text: str
    probability: float | None = None

    def applied(self, premise: str, hypothesis: str) -> tuple[str, str]:
        """The pair with the changed sentence in its place."""
        return (self.text, hypothesis) if self.sentence == PREMISE else (premise, self.text)


def word_candidates(pair: EncodedPair, *, language_model: LanguageModel | None = None) -> list[Candidate]:
    """All changes of one word, those by rule first, then by the masked-language model's probability.

    Args:
        language_model: must share the pair's word pieces; None: only the rules propose changes.
    """
    typed = typed_words(pair)
    rules = [*_negations(pair, typed), *_opposites(pair, typed)]
    expected = [] if language_model is None else list(_expected(language_model, pair, typed))
    expected.sort(key=lambda candidate: -candidate.probability)
    distinct: dict[tuple[str, str], Candidate] = {}
    for candidate in (*rules, *expected):
        known = distinct.setdefault((candidate.sentence, candidate.text), candidate)
        if known.probability is None:  # a rule proposed it, and the masked-language model agrees
            distinct[candidate.sentence, candidate.text] = replace(known, probability=candidate.probability)
    return list(distinct.values())


def _opposites(pair: EncodedPair, typed: list[TypedWord]) -> Iterator[Candidate]:
    for word in typed:
        for other in opposites(word.text):
            if candidate := _replaced(pair, word, other, OPPOSITE):
                yield candidate


def _expected(
    language_model: LanguageModel, pair: EncodedPair, typed: list[TypedWord]
) -> Iterator[Candidate]:
    """What the masked-language model predicts for each content word; the hypothesis first where there are too many."""
    chosen = [word for word in typed if word.text.isalnum() and word.text.lower() not in FIXED]
    chosen.sort(key=lambda word: word.sentence != HYPOTHESIS)
    chosen = chosen[: max(1, PIECES_MASKED // len(pair.tokens))]
    gaps = language_model.fill_each(
        pair, [word.index for word in chosen], count=EXPECTED + 1, whole_words=True
    )
    for word, gap in zip(chosen, gaps, strict=True):
        for expected in gap.candidates:
            if expected.probability < MIN_PROBABILITY or not _same_class(word.text.lower(), expected.piece):
                continue
            if candidate := _replaced(pair, word, expected.piece, LANGUAGE_MODEL, expected.probability):
                yield candidate


def _same_class(word: str, other: str) -> bool:
    """Whether both are content words, or function words of one kind."""
    return all((word in kind) == (other in kind) for kind in (*CLOSED, FIXED))


def _replaced(
    pair: EncodedPair, word: TypedWord, other: str, source: str, probability: float | None = None
) -> Candidate | None:
    """A word in another's place; None where the sentence has that word already, or the article before it would be wrong."""
    text = _text(pair, word.sentence)
    before, after = text[: word.start], text[word.end :]
    article = before.split()[-1].lower() if before.strip() else ""
    present = {one.text.lower() for one in pair.words if one.sentence == word.sentence}
    if other.lower() in present or (article in ("a", "an") and article != a_or_an(other)):
        return None
    other = capital(other) if word.text[0].isupper() else other
    return Candidate(source, word.sentence, word.index, word.text, other, before + other + after, probability)


def _negations(pair: EncodedPair, typed: list[TypedWord]) -> Iterator[Candidate]:
    for sentence in (PREMISE, HYPOTHESIS):
        text = _text(pair, sentence)
        added = with_negation(text)
        for edit in (*([added] if added else []), *without_negation(text)):
            for word in typed:
                if word.sentence == sentence and _is_at(edit, text, word.start):
                    new = edit.text[word.start :][: len(edit.after)]
                    yield Candidate(NEGATION, sentence, word.index, edit.before, new, edit.text)
                    break


def _is_at(edit: SentenceEdit, text: str, start: int) -> bool:
    """Whether an edit is one replacement at this place, and nothing more."""
    if not text.startswith(edit.before, start):
        return False
    rest = text[start + len(edit.before) :]
    changed = text[:start] + edit.after + (rest if edit.after else rest.lstrip())
    return changed.lower() == edit.text.lower()


def _text(pair: EncodedPair, sentence: str) -> str:
    """A sentence as far as the model read it."""
    return read_sentences(pair)[sentence == HYPOTHESIS]
