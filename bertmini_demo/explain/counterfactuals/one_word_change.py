"""The smallest change that flips a verdict: one word, chosen among many by the model's verdict on the changed pair.

Minimal edits show where a decision boundary runs (Ross, Marasović, Peters 2021, "Explaining NLP models via minimal
contrastive editing", https://aclanthology.org/2021.findings-acl.336/, let a language model write longer ones).
"""

import json
from dataclasses import dataclass
from functools import cache

from bertmini_demo.errors import InputError
from bertmini_demo.explain.counterfactuals.edits import fits, read_sentences, remove_word, typed_words
from bertmini_demo.explain.counterfactuals.word_candidates import LANGUAGE_MODEL, Candidate, word_candidates
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.masked_lm import LanguageModel
from bertmini_demo.results import HYPOTHESIS, PREMISE, Prediction
from bertmini_demo.settings import ASSETS

STORED = ASSETS / "one_word_changes.json"
PIECES_JUDGED = 4096  # word pieces that the classifier reads for one pair, which bounds the time
BY_RULE = 0.05  # the smallest probability that a change made by rule is given
PREMISE_WEIGHT = 0.25  # the premise is what is given, so a change of the hypothesis comes first
TOLERANCE = 1e-3  # between a stored probability, which is rounded, and the model's


@dataclass(frozen=True, slots=True, eq=False)
class OneWordChange:
    """One word of a pair changed, and the verdicts before and after.

    Attributes:
        change: the word, what takes its place, and where the change came from.
        premise, hypothesis: the changed pair.
        before, after: the model's verdicts on the pair and on the changed pair.
        tried: changes that were evaluated, this one included.
    """

    change: Candidate
    premise: str
    hypothesis: str
    before: Prediction
    after: Prediction
    tried: int

    @property
    def flips(self) -> bool:
        """Whether the verdict on the changed pair is another one."""
        return self.after.label != self.before.label


def one_word_change(
    model: NLIModel,
    premise: str,
    hypothesis: str,
    *,
    language_model: LanguageModel | None = None,
    limit: int | None = None,
) -> OneWordChange | None:
    """The change of one word that flips the verdict and reads naturally, or else moves the verdict most.

    Of the candidates that flip, the one with the largest product of two numbers is taken: the masked-language model's
    probability of the new word in its place (at least 5 % for a change made by rule), and the lead of the new verdict
    over the old one; a change of the premise counts a quarter. If none flips, the one that lowers the verdict's
    probability most is taken.

    Args:
        language_model: the masked-language model that the classifier came from; None: only rules propose changes.
        limit: word pieces in all, as for the pair itself.

    Returns:
        None where no word can be changed.

    Raises:
        InputError: see :meth:`NLIModel.encode`.
    """
    pair = model.encode(premise, hypothesis, limit=limit)
    before = model.predict(premise, hypothesis, limit=limit)
    premise, hypothesis = read_sentences(pair)
    candidates = word_candidates(pair, language_model=language_model)
    candidates.sort(key=_naturalness, reverse=True)
    candidates = [one for one in candidates if fits(model, *one.applied(premise, hypothesis), limit=limit)]
    candidates = candidates[: max(1, PIECES_JUDGED // len(pair.tokens))]
    if not candidates:
        return None
    changed = [candidate.applied(premise, hypothesis) for candidate in candidates]
    judged = zip(candidates, model.predict_batch(changed, limit=limit), strict=True)
    best, _ = max(judged, key=lambda one: _preference(*one, before.label))
    premise, hypothesis = best.applied(premise, hypothesis)
    after = model.predict(premise, hypothesis, limit=limit)
    return OneWordChange(best, premise, hypothesis, before, after, len(candidates))


def _preference(candidate: Candidate, verdict: Prediction, label: str) -> tuple[bool, float]:
    """Larger is better; a change that flips the verdict from ``label`` comes before all that do not."""
    lead = verdict.probabilities[verdict.label] - verdict.probabilities[label]
    if verdict.label == label:
        return False, -verdict.probabilities[label]
    return True, lead * _naturalness(candidate)


def _naturalness(candidate: Candidate) -> float:
    probability = max(candidate.probability or 0, 0 if candidate.source == LANGUAGE_MODEL else BY_RULE)
    return probability * (1 if candidate.sentence == HYPOTHESIS else PREMISE_WEIGHT)


def stored_change(
    model: NLIModel, premise: str, hypothesis: str, *, limit: int | None = None
) -> OneWordChange | None:
    """The change of an example pair that was computed beforehand, with verdicts computed now.

    Returns:
        None where nothing is stored for this pair, or the model's verdicts are not the stored ones: it is another model.
    """
    entry = _stored().get((premise, hypothesis))
    if entry is None:
        return None
    change = Candidate(**entry["change"])
    after_pair = change.applied(premise, hypothesis)
    before = model.predict(premise, hypothesis, limit=limit)
    after = model.predict(*after_pair, limit=limit)
    for verdict, stored in ((before, entry["before"]), (after, entry["after"])):
        if stored.keys() != verdict.probabilities.keys() or any(
            abs(verdict.probabilities[label] - share) > TOLERANCE for label, share in stored.items()
        ):
            return None
    return OneWordChange(change, *after_pair, before, after, entry["tried"])


@cache
def _stored() -> dict[tuple[str, str], dict]:
    if not STORED.exists():
        return {}
    entries = json.loads(STORED.read_text(encoding="utf-8"))["changes"]
    return {(entry["premise"], entry["hypothesis"]): entry for entry in entries}


def without_word(
    model: NLIModel, premise: str, hypothesis: str, word: int, *, limit: int | None = None
) -> tuple[tuple[str, str], Prediction]:
    """A pair with one word removed and the verdict on it, from one forward pass. A contraction goes as a whole.

    Args:
        word: index in the pair's words.

    Returns:
        The premise and the hypothesis that are left, and the verdict.

    Raises:
        InputError: no such word, a punctuation mark, or the only word of its sentence; see also :meth:`NLIModel.encode`.
    """
    pair = model.encode(premise, hypothesis, limit=limit)
    typed = next((one for one in typed_words(pair) if word == one.index), None)
    if typed is None:
        raise InputError(
            f"“{pair.words[word].text}” counts as punctuation: only words with a letter or a digit are removed. Choose one of them."
            if 0 <= word < len(pair.words)
            else f"There is no word {word + 1}; the last one is {len(pair.words)}.",
            field="word",
        )
    premise, hypothesis = read_sentences(pair)
    texts = {PREMISE: premise, HYPOTHESIS: hypothesis}
    edit = remove_word(texts[typed.sentence], typed)
    if edit is None:
        raise InputError(
            f"“{typed.text}” is the only word of the {typed.sentence}, and a sentence must have one. Choose another.",
            field="word",
        )
    left = {**texts, typed.sentence: edit.text}
    return (left[PREMISE], left[HYPOTHESIS]), model.predict(left[PREMISE], left[HYPOTHESIS], limit=limit)
