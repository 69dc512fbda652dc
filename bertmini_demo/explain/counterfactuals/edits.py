"""Made variants of a pair: a word removed or replaced, a negation put in or taken away, sentences swapped, one alone.

Each differs from the pair in one thing, so that what the verdict does can be put down to it: counterfactuals (Kaushik,
Hovy, Lipton 2020, https://arxiv.org/abs/1909.12434, have people write them; these are made by rule). A variant may be
an odd sentence, and its right label may differ from the pair's: a flip is something to look at, not a mistake.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bertmini_demo.explain.counterfactuals.negation import Edit, capital, with_negation, without_negation
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.masked_lm import LanguageModel
from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair, Prediction

REMOVED, REPLACED = "word removed", "word replaced"
PUT_IN, TAKEN = "negation added", "negation removed"
SWAPPED, ALONE = "sentences swapped", "hypothesis alone"
KINDS = (REMOVED, REPLACED, PUT_IN, TAKEN, SWAPPED, ALONE)

CANDIDATES = 3  # words put in place of each
AT_ONCE = 32  # variants scored before progress is told
JOINS = ("'", "’", "-")


@dataclass(frozen=True, slots=True)
class Draft:
    """A variant that no model has read yet.

    Attributes:
        kind: one of KINDS.
        sentence: the one that was changed, "premise" or "hypothesis"; empty where it was both.
        was, now: the words before and after the change; empty where there were none.
        premise: empty for the hypothesis alone, which is read without one.
    """

    kind: str
    sentence: str
    was: str
    now: str
    premise: str
    hypothesis: str


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A draft and what the model says to it.

    Attributes:
        label: the most probable label.
        probabilities: label to probability.
        change: in the probability of the verdict on the pair itself, from -1 to 1.
        flips: whether the verdict is another one.
    """

    draft: Draft
    label: str
    probabilities: dict[str, float]
    change: float
    flips: bool


@dataclass(frozen=True, slots=True)
class TypedWord:
    """A word as a reader sees it, contractions whole, and where it stands in its sentence.

    Attributes:
        indices: in the pair's words, of those that it is made of.
    """

    text: str
    sentence: str
    start: int
    end: int
    indices: tuple[int, ...]


def make_variants(
    model: NLIModel,
    pair: EncodedPair,
    *,
    language_model: LanguageModel | None = None,
    limit: int | None = None,
) -> tuple[Variant, ...]:
    """All variants of a pair, those first that move the verdict most.

    Args:
        language_model: names the words to put in place of others; None: no word is replaced.
        limit: word pieces in all, as for the pair itself.
    """
    drafts = make_drafts(model, pair, language_model=language_model)
    verdict = model.predict(pair.premise, pair.hypothesis, limit=limit)
    batches = score_in_batches(model, drafts, limit=limit)
    return rank(verdict, drafts, [prediction for batch in batches for prediction in batch])


def make_drafts(
    model: NLIModel, pair: EncodedPair, *, language_model: LanguageModel | None = None
) -> tuple[Draft, ...]:
    """All drafts; no two are the same, and none is the pair itself or longer than the model takes."""
    candidates = {} if language_model is None else replacements(language_model, pair)
    drafts: dict[tuple[str, str], Draft] = {}
    for draft in _drafts(pair, candidates):
        sentences = (draft.premise, draft.hypothesis)
        fits = max(map(len, sentences)) <= model.settings.max_characters
        if fits and sentences != (pair.premise, pair.hypothesis):
            drafts.setdefault(sentences, draft)
    return tuple(drafts.values())


def replacements(language_model: LanguageModel, pair: EncodedPair) -> dict[int, tuple[str, ...]]:
    """Index in ``pair.words`` to the words the language model finds most likely there, other than the one it is."""
    chosen = [word.indices[0] for word in typed_words(pair) if len(word.indices) == 1]
    gaps = language_model.fill_each(pair, chosen, count=CANDIDATES + 1, whole_words=True)
    found = {}
    for index, gap in zip(chosen, gaps, strict=True):
        others = [one.piece for one in gap.candidates if one.piece.lower() != pair.words[index].text.lower()]
        found[index] = tuple(others[:CANDIDATES])
    return found


def score_in_batches(
    model: NLIModel, drafts: Sequence[Draft], *, limit: int | None = None
) -> Iterator[list[Prediction]]:
    """Verdicts on the drafts in their order, some at a time, so that progress can be shown in between."""
    for start in range(0, len(drafts), AT_ONCE):
        batch = drafts[start : start + AT_ONCE]
        answers = {
            alone: iter(
                model.predict_batch(
                    [(draft.premise, draft.hypothesis) for draft in batch if (draft.kind == ALONE) == alone],
                    limit=limit,
                    empty_premise=alone,
                )
            )
            for alone in (False, True)
        }
        yield [next(answers[draft.kind == ALONE]) for draft in batch]


def rank(
    verdict: Prediction, drafts: Sequence[Draft], predictions: Sequence[Prediction]
) -> tuple[Variant, ...]:
    """Drafts with what the model says to them, those first that move the verdict's probability most."""
    variants = [
        Variant(
            draft=draft,
            label=prediction.label,
            probabilities=prediction.probabilities,
            change=prediction.probabilities[verdict.label] - verdict.probabilities[verdict.label],
            flips=prediction.label != verdict.label,
        )
        for draft, prediction in zip(drafts, predictions, strict=True)
    ]
    return tuple(sorted(variants, key=lambda variant: -abs(variant.change)))


def typed_words(pair: EncodedPair) -> list[TypedWord]:
    """The words of both sentences that the model read, punctuation left out; "doesn't" and "well-known" are whole."""
    found: list[TypedWord] = []
    for sentence, text in ((PREMISE, pair.premise), (HYPOTHESIS, pair.hypothesis)):
        joined: list[TypedWord] = []
        end = 0
        for index, word in enumerate(pair.words):
            if word.sentence != sentence:
                continue
            start = text.index(word.text, end)
            touches = bool(joined) and start == joined[-1].end
            end = start + len(word.text)
            if touches and (word.text in JOINS or joined[-1].text.endswith(JOINS)):
                before = joined.pop()
                start, indices = before.start, (*before.indices, index)
            else:
                indices = (index,)
            joined.append(TypedWord(text[start:end], sentence, start, end, indices))
        found += [word for word in joined if any(map(str.isalnum, word.text))]
    return found


def _drafts(pair: EncodedPair, candidates: Mapping[int, Sequence[str]]) -> Iterator[Draft]:
    """Drafts of every kind, in the order of KINDS."""
    texts = {PREMISE: pair.premise, HYPOTHESIS: pair.hypothesis}
    typed = typed_words(pair)
    for word in typed:
        if edit := remove_word(texts[word.sentence], word):
            yield _changed(texts, REMOVED, word.sentence, edit)
    for word in typed:
        for other in candidates.get(word.indices[0], ()):
            yield _changed(texts, REPLACED, word.sentence, _with(texts[word.sentence], word, other))
    for sentence, text in texts.items():
        if edit := with_negation(text):
            yield _changed(texts, PUT_IN, sentence, edit)
    for sentence, text in texts.items():
        for edit in without_negation(text):
            yield _changed(texts, TAKEN, sentence, edit)
    yield Draft(SWAPPED, "", "", "", pair.hypothesis, pair.premise)
    yield Draft(ALONE, PREMISE, "", "", "", pair.hypothesis)


def _changed(texts: Mapping[str, str], kind: str, sentence: str, edit: Edit) -> Draft:
    return Draft(kind, sentence, edit.was, edit.now, **{**texts, sentence: edit.text})


def remove_word(text: str, word: TypedWord) -> Edit | None:
    """The sentence without a word and without the gap it leaves; None where no word would be left."""
    before, after = text[: word.start].rstrip(), text[word.end :]
    left = f"{before} {after.lstrip()}" if before and after[:1].isspace() else before + after.lstrip()
    if not any(map(str.isalnum, left)):
        return None
    return Edit(capital(left) if not before and word.text[0].isupper() else left, word.text, "")


def _with(text: str, word: TypedWord, other: str) -> Edit:
    """The sentence with another word in a word's place, with a capital where that one had one."""
    other = capital(other) if word.text[0].isupper() else other
    return Edit(text[: word.start] + other + text[word.end :], word.text, other)
