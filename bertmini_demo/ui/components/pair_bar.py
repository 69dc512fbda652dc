"""The pair as coloured words that can be pressed, with the verdict beside it: it stays visible while the page is read."""

from collections.abc import Iterator

from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.counterfactuals.one_word_change import without_word
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name, with_sign
from bertmini_demo.results import Attribution
from bertmini_demo.ui.questions import FIGURE_LANE, WORDS_LANE, Question, Reply
from bertmini_demo.ui.state import State

ATTRIBUTION = ("label", "method", "output", "baseline")


def current_attribution(analysis: Analysis, state: State) -> Attribution:
    """The attribution that the reader's choices ask for; of the verdict's own label where none is chosen."""
    return analysis.attribution(*state.pair, **choices_of(analysis, state))


def choices_of(analysis: Analysis, state: State) -> dict[str, str]:
    """What is explained of the pair, and how, by the reader's choices."""
    target = state.label or analysis.trace(*state.pair).prediction.label
    return {"method": state.method, "target": target, "output": state.output, "baseline": state.baseline}


def words(analysis: Analysis, state: State) -> Iterator[Reply]:
    """Each word with its score: a first estimate as soon as there is one, then better ones."""
    rounds = analysis.attribution_rounds(*state.pair, **choices_of(analysis, state))
    for number, attribution in enumerate(rounds, start=1):
        yield {"progress": number / (number + 1), **coloured_words(attribution)}
    yield coloured_words(attribution)


def coloured_words(attribution: Attribution) -> Reply:
    """Each word with its score, and how far the scores are from adding up to the output's change."""
    scores = [float(score) for score in attribution.word_scores]
    return {
        "words": [
            {"text": word.text, "sentence": word.sentence, "score": round(score, 4)}
            for word, score in zip(attribution.pair.words, scores, strict=True)
        ],
        "signed": attribution.signed,
        "target": attribution.target,
        "largest": max(map(abs, scores), default=0.0),
        "gap": attribution.completeness_gap,
    }


def pressed_word(analysis: Analysis, state: State) -> Reply:
    """What one word does: its score, and the verdict without it.

    Raises:
        InputError: no word is chosen.
    """
    if state.word is None:
        raise InputError("No word is chosen.", field="word")
    attribution = current_attribution(analysis, state)
    before = analysis.trace(*state.pair).prediction
    score = float(attribution.word_scores[state.word])
    target = label_name(attribution.target)
    shown = (
        f"{with_sign(score)} for {target}"
        if attribution.signed
        else f"{score:.2f} for {target}, without a direction"
    )
    reply = {"word": attribution.pair.words[state.word].text, "score": shown}
    limit = analysis.model.settings.page_word_pieces
    try:
        pair, after = without_word(analysis.model, *state.pair, state.word, limit=limit)
    except InputError as error:
        return {**reply, "without": str(error)}
    still = "still " if after.label == before.label else ""
    share = percent(after.probabilities[after.label])
    return {**reply, "without": f"Without it: {still}{label_name(after.label)}, {share}.", "pair": list(pair)}


QUESTIONS = (
    Question("words", words, reads=ATTRIBUTION, lane=WORDS_LANE, then=FIGURE_LANE),
    Question("pressed_word", pressed_word, reads=(*ATTRIBUTION, "word")),
)
