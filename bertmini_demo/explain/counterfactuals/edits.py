"""Counterfactuals of a pair: a word removed or replaced, a negation added or removed, sentences swapped, one alone.

Each differs from the pair in one thing, so that a change of the verdict can be attributed to it. In Kaushik, Hovy and
Lipton 2020 (https://arxiv.org/abs/1909.12434) people write counterfactuals; these are made by rule. One may be an odd
sentence, and its correct label may differ from the pair's: a flip is not a mistake of the model.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bertmini_demo.explain.counterfactuals.negation import (
    SentenceEdit,
    capital,
    with_negation,
    without_negation,
)
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.masked_lm import LanguageModel
from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair, Prediction

REMOVED, REPLACED = "word removed", "word replaced"
NEGATION_ADDED, NEGATION_REMOVED = "negation added", "negation removed"
SWAPPED, HYPOTHESIS_ONLY = "sentences swapped", "hypothesis alone"
KINDS = (REMOVED, REPLACED, NEGATION_ADDED, NEGATION_REMOVED, SWAPPED, HYPOTHESIS_ONLY)

REPLACEMENTS_PER_WORD = 3
EDITS_PER_BATCH = 32  # predicted before progress is reported


@dataclass(frozen=True, slots=True)
class EditedPair:
    """A pair after one edit, not yet predicted.

    Attributes:
        kind: one of KINDS.
        sentence: the one that was changed, "premise" or "hypothesis"; empty where it was both.
        before, after: the words before and after the edit; empty if there are none.
        premise: empty for the hypothesis alone.
    """

    kind: str
    sentence: str
    before: str
    after: str
    premise: str
    hypothesis: str


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactual:
    """An edited pair and the model's prediction.

    Attributes:
        label: the most probable label.
        probabilities: label to probability.
        change: of the probability of the original verdict, from -1 to 1.
        flips: whether the verdict changes.
    """

    edit: EditedPair
    label: str
    probabilities: dict[str, float]
    change: float
    flips: bool


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word that holds a letter or digit, and where it is in its sentence.

    Attributes:
        start, end: in characters of the sentence.
        index: in the pair's words.
    """

    text: str
    sentence: str
    start: int
    end: int
    index: int


def make_counterfactuals(
    model: NLIModel,
    pair: EncodedPair,
    *,
    language_model: LanguageModel | None = None,
    limit: int | None = None,
) -> tuple[Counterfactual, ...]:
    """All counterfactuals of a pair, those that change the verdict's probability most first.

    Args:
        language_model: proposes words to replace others; None: no word is replaced.
        limit: word pieces in all, as for the pair itself.
    """
    edits = make_edits(model, pair, language_model=language_model, limit=limit)
    verdict = model.predict(pair.premise, pair.hypothesis, limit=limit)
    batches = score_in_batches(model, edits, limit=limit)
    return rank(verdict, edits, [prediction for batch in batches for prediction in batch])


def make_edits(
    model: NLIModel,
    pair: EncodedPair,
    *,
    language_model: LanguageModel | None = None,
    limit: int | None = None,
) -> tuple[EditedPair, ...]:
    """All edits of a pair, each different. They change what the model read: see :func:`read_sentences`, :func:`fits`.

    Args:
        language_model: proposes words to replace others; None: no word is replaced.
        limit: word pieces in all, as for the pair itself.
    """
    candidates = {} if language_model is None else replacements(language_model, pair)
    edits: dict[tuple[str, str], EditedPair] = {}
    for edit in _edits(pair, candidates):
        sentences = (edit.premise, edit.hypothesis)
        if (
            sentences != read_sentences(pair)
            and sentences not in edits
            and fits(model, *sentences, limit=limit)
        ):
            edits[sentences] = edit
    return tuple(edits.values())


def replacements(language_model: LanguageModel, pair: EncodedPair) -> dict[int, tuple[str, ...]]:
    """Index in ``pair.words`` to the words the language model finds most likely there, other than the one it is."""
    chosen = [word.index for word in typed_words(pair) if word.text.isalnum()]
    gaps = language_model.fill_each(pair, chosen, count=REPLACEMENTS_PER_WORD + 1, whole_words=True)
    proposed = {}
    for index, gap in zip(chosen, gaps, strict=True):
        others = [one.piece for one in gap.candidates if one.piece.lower() != pair.words[index].text.lower()]
        proposed[index] = tuple(others[:REPLACEMENTS_PER_WORD])
    return proposed


def score_in_batches(
    model: NLIModel, edits: Sequence[EditedPair], *, limit: int | None = None
) -> Iterator[list[Prediction]]:
    """Verdicts on the edits in their order, a batch at a time, so that progress can be shown in between."""
    for start in range(0, len(edits), EDITS_PER_BATCH):
        batch = edits[start : start + EDITS_PER_BATCH]
        answers = {
            alone: iter(
                model.predict_batch(
                    [
                        (edit.premise, edit.hypothesis)
                        for edit in batch
                        if (edit.kind == HYPOTHESIS_ONLY) == alone
                    ],
                    limit=limit,
                    empty_premise=alone,
                )
            )
            for alone in (False, True)
        }
        yield [next(answers[edit.kind == HYPOTHESIS_ONLY]) for edit in batch]


def rank(
    verdict: Prediction, edits: Sequence[EditedPair], predictions: Sequence[Prediction]
) -> tuple[Counterfactual, ...]:
    """Edits with the model's predictions, those first that change the verdict's probability most."""
    variants = [
        Counterfactual(
            edit=edit,
            label=prediction.label,
            probabilities=prediction.probabilities,
            change=prediction.probabilities[verdict.label] - verdict.probabilities[verdict.label],
            flips=prediction.label != verdict.label,
        )
        for edit, prediction in zip(edits, predictions, strict=True)
    ]
    return tuple(sorted(variants, key=lambda variant: -abs(variant.change)))


def typed_words(pair: EncodedPair) -> list[TypedWord]:
    """The words of both sentences that the model read, without punctuation."""
    return [
        TypedWord(word.text, word.sentence, word.start, word.start + len(word.text), index)
        for index, word in enumerate(pair.words)
        if any(map(str.isalnum, word.text))
    ]


def read_sentences(pair: EncodedPair) -> tuple[str, str]:
    """Premise and hypothesis as far as the model read them: what the limit cut off must not enter with an edit."""
    texts = {PREMISE: pair.premise, HYPOTHESIS: pair.hypothesis}
    if not pair.cut:
        return pair.premise, pair.hypothesis
    ends = {word.sentence: word.start + len(word.text) for word in pair.words}
    return tuple(text[: ends[sentence]] for sentence, text in texts.items())


def fits(model: NLIModel, premise: str, hypothesis: str, *, limit: int | None = None) -> bool:
    """Whether the model reads both sentences whole: an edit must not push words beyond the limit."""
    if max(len(premise), len(hypothesis)) > model.settings.max_characters:
        return False
    return not model.encode(premise, hypothesis, limit=limit, empty_premise=not premise).cut


def _edits(pair: EncodedPair, candidates: Mapping[int, Sequence[str]]) -> Iterator[EditedPair]:
    """Edits of every kind, in the order of KINDS."""
    premise, hypothesis = read_sentences(pair)
    texts = {PREMISE: premise, HYPOTHESIS: hypothesis}
    typed = typed_words(pair)
    for word in typed:
        if edit := remove_word(texts[word.sentence], word):
            yield _changed(texts, REMOVED, word.sentence, edit)
    for word in typed:
        for other in candidates.get(word.index, ()):
            yield _changed(texts, REPLACED, word.sentence, _with(texts[word.sentence], word, other))
    for sentence, text in texts.items():
        if edit := with_negation(text):
            yield _changed(texts, NEGATION_ADDED, sentence, edit)
    for sentence, text in texts.items():
        for edit in without_negation(text):
            yield _changed(texts, NEGATION_REMOVED, sentence, edit)
    yield EditedPair(SWAPPED, "", "", "", hypothesis, premise)
    yield EditedPair(HYPOTHESIS_ONLY, PREMISE, "", "", "", hypothesis)


def _changed(texts: Mapping[str, str], kind: str, sentence: str, edit: SentenceEdit) -> EditedPair:
    return EditedPair(kind, sentence, edit.before, edit.after, **{**texts, sentence: edit.text})


def remove_word(text: str, word: TypedWord) -> SentenceEdit | None:
    """The sentence without a word and without the gap it leaves; None where no word would be left."""
    before, after = text[: word.start].rstrip(), text[word.end :]
    left = f"{before} {after.lstrip()}" if before and after[:1].isspace() else before + after.lstrip()
    if not any(map(str.isalnum, left)):
        return None
    return SentenceEdit(capital(left) if not before and word.text[0].isupper() else left, word.text, "")


def _with(text: str, word: TypedWord, other: str) -> SentenceEdit:
    """The sentence with another word in a word's place, with a capital where that one had one."""
    other = capital(other) if word.text[0].isupper() else other
    return SentenceEdit(text[: word.start] + other + text[word.end :], word.text, other)
