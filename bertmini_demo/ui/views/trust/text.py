"""The sentences of Can you trust it?: numbers in, plain words out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bertmini_demo.data.examples import WRONG, WRONG_REASON
from bertmini_demo.data.learning import Moment
from bertmini_demo.data.metrics import wilson_interval
from bertmini_demo.data.word_labels import WordLabel
from bertmini_demo.explain.hans.probe import ENTAILED, NOT_ENTAILED, PAIRS, Heuristic, Subcase, subcases
from bertmini_demo.explain.probes.linear_probe import LinearProbeResult
from bertmini_demo.figures.accuracy_intervals import Accuracy
from bertmini_demo.figures.naming import count, depth_name, interval, lowered, percent
from bertmini_demo.figures.rendering import data_name, label_name
from bertmini_demo.results import Prediction

if TYPE_CHECKING:
    from bertmini_demo.ui.views.trust.fooling_answer import Judged

NOT_MEASURED = (
    "This model comes without a record of its accuracy, and the shipped model’s figures would not be its own."
)
MEASURE = (
    "The command “python -m bertmini_demo.training evaluate” measures a model on a file of labelled pairs."
)
NOT_PROBED = "The probes were trained on the shipped model’s states; they say nothing about this model."
PROBE = "The command “python -m bertmini_demo.training linear-probes” trains them for another model."
NO_WORDS = "No word of this hypothesis was frequent enough in the training data to be counted."
PROBED = {
    "repeated word": "Does this word also occur in the premise?",
    "negated hypothesis": "Is the hypothesis negated?",
    "swapped words": "Have two neighbouring words been swapped?",
    "long hypothesis": "Is the hypothesis longer than most?",
}
FILLED, LABELLED = "gaps filled right", "easy pairs right"
NEGATIONS, TRAPS = "negations recognised", "traps of shared words avoided"
PREVIOUS, SINK = "largest attention of one head to the previous word piece", "attention to [CLS]"
LEARNED = {"answers": "What it gets right", "attention": "Where its heads look"}
HALF = 0.5  # of a head's attention, from which on it counts as a previous-word head


def points(share: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * share:.1f} points"


def traps_title(accuracy: Mapping[str, float] | None) -> str:
    """The share of traps that the model falls into, if it is known."""
    if accuracy is None:
        return "Does it fall into traps?"
    return f"It falls into {percent(1 - mean_right(accuracy, NOT_ENTAILED))} of the traps"


def traps_says(
    accuracy: Mapping[str, float] | None,
    hans: Mapping[str, float] | None,
    agreement: Mapping[str, Mapping[str, float | None]] | None,
) -> str:
    """How often it is right where the rules fail and where they hold, and how the HANS set compares."""
    if accuracy is None:
        return (
            "This model comes without a record, so the marks show BERT-base only. "
            "“Ask it fresh pairs” measures this model now."
        )
    pairs = PAIRS * len(names_of(NOT_ENTAILED))
    right = {label: mean_right(accuracy, label) for label in (NOT_ENTAILED, ENTAILED)}
    low, high = wilson_interval(right[NOT_ENTAILED] * pairs, pairs)
    worst = min(names_of(NOT_ENTAILED), key=accuracy.get)
    parts = [
        f"Where a shallow rule fails, it is right on {percent(right[NOT_ENTAILED])} of {pairs:,} pairs (95\u00a0% interval "
        f"{interval((low, high))}); where the rule holds, on {percent(right[ENTAILED])}.",
        f"The deepest trap is “{subcases()[worst].title}”.",
    ]
    if hans:
        parts.append(
            f"On HANS itself it is right on {percent(mean_right(hans, NOT_ENTAILED))} and {percent(mean_right(hans, ENTAILED))}"
            f"{agreement_says(agreement)}."
        )
    return " ".join(parts)


def agreement_says(agreement: Mapping[str, Mapping[str, float | None]] | None) -> str:
    """How far the made-up pairs and HANS differ, construction by construction."""
    if agreement is None:
        return ""
    gap = max(values["mean_difference"] for values in agreement.values())
    return f"; construction by construction, the made-up pairs and HANS differ by {points(gap)} on average"


def names_of(label: str) -> list[str]:
    """The sub-cases of a label."""
    return [name for name, case in subcases().items() if case.label == label]


def mean_right(accuracy: Mapping[str, float], label: str) -> float:
    """Accuracy over the sub-cases of a label, which all have as many pairs."""
    names = names_of(label)
    return sum(accuracy[name] for name in names) / len(names)


def is_right(label: str, prediction: Prediction) -> bool:
    """As in HANS, whatever is not entailment counts as not entailed."""
    return (prediction.label == ENTAILED) == (label == ENTAILED)


def trap_title(case: Subcase, prediction: Prediction) -> str:
    """Whether the model walks into this one."""
    if case.label == ENTAILED:
        return "Here the rule is right" + (
            "" if is_right(case.label, prediction) else ", but the model is not"
        )
    return "It avoids this trap" if is_right(case.label, prediction) else "It falls into this trap"


def trap_says(case: Subcase, rule: Heuristic, prediction: Prediction) -> str:
    """The label by construction, and why the rule fails or holds."""
    follows = case.label == ENTAILED
    answer = "right" if is_right(case.label, prediction) else "wrong"
    start = f"By construction the hypothesis {'follows' if follows else 'does not follow'}, so {label_name(prediction.label)} is {answer}."
    lead = "The rule is right here" if follows else "The shallow rule says otherwise"
    return f"{start} {lead}: {lowered(rule.rule)}" + ("" if follows else f" {rule.why}")


def fooled_title(judged: Sequence[Judged]) -> str:
    """How many of the example pairs it misjudges."""
    wrong = sum(one.outcome == WRONG for one in judged)
    return f"It misjudges {wrong} of {len(judged)} example pairs"


def fooled_says(judged: Sequence[Judged], this: Judged | None) -> str:
    """How many it gets right without the premise, and how it does on the pair that is open."""
    reasons = sum(one.outcome == WRONG_REASON for one in judged)
    also = f"It gets {reasons or 'no'} more right, but with the same answer without the premise."
    if this is None:
        return also
    verdict = f"The label expected of the open pair is {label_name(this.example.label)}; the model predicts {label_name(this.prediction.label)}"
    alone = f"{label_name(this.alone.label)} ({percent(this.alone.probabilities[this.alone.label])})"
    return f"{also} {verdict}, and for the hypothesis alone {alone}."


def accuracy_title(name: str, entry: Mapping) -> str:
    """The accuracy and the data set."""
    return f"It is right on {percent(entry['accuracy'], digits=1)} of {data_name(name)}"


def accuracy_says(rows: Sequence[Accuracy], entry: Mapping, *, chosen: bool) -> str:
    """Its interval, the best and the worst label, and whether the data chose the model.

    Args:
        chosen: whether the data set also served to choose between models.
    """
    overall, *by_label = [row for row in rows if not row.reference]
    best, worst = (pick(by_label, key=lambda row: row.share) for pick in (max, min))
    sentence = (
        f"The 95\u00a0% interval of {entry['pairs']:,} pairs is {interval(overall.interval)}. It is best on pairs "
        f"{best.name.lower()} ({percent(best.share)}) and worst on those {worst.name.lower()} ({percent(worst.share)})."
    )
    return (
        f"{sentence} These pairs also served to choose between models, so the figure may be a little too high."
        if chosen
        else sentence
    )


def calibration_title(entry: Mapping, *, fitted: bool) -> str:
    """The expected calibration error in points; of the rows that the temperature was not fitted on, where it is known."""
    held_out = entry.get("calibration_error_on_odd_rows") if fitted else None
    error = entry["calibration"]["expected_calibration_error"] if held_out is None else held_out
    return f"Its confidence and its accuracy differ by {points(error)} on average"


def calibration_says(bins: Sequence[Mapping], entry: Mapping, *, fitted: bool) -> str:
    """Accuracy where it is most confident, and which rows were measured."""
    top = bins[-1]
    total = sum(one["pairs"] for one in bins)
    over = sum(one["pairs"] * (one["confidence"] - one["accuracy"]) for one in bins) / total
    sentence = (
        f"Of the {top['pairs']:,} pairs it is most confident about ({percent(top['confidence'])} on average), it gets "
        f"{percent(top['accuracy'])} right. Over all pairs its confidence is {points(abs(over))} "
        f"{'above' if over > 0 else 'below'} its accuracy."
    )
    held_out = entry.get("calibration_error_on_odd_rows")
    if not fitted:
        return sentence
    if entry["calibration"].get("rows") == "odd":
        return f"{sentence} These are the odd rows of the data; the temperature was fitted on the even ones."
    if held_out is None:
        return f"{sentence} The temperature was fitted on half of these pairs, so the difference may be too small."
    return f"{sentence} The temperature was fitted on half of these pairs; the title gives the other half, the curve all of them."


def confusion_says(counts: Mapping[str, Mapping[str, int]]) -> str:
    """The most common mistake."""
    share, truth, answer = max(
        (count / max(sum(row.values()), 1), truth, answer)
        for truth, row in counts.items()
        for answer, count in row.items()
        if answer != truth
    )
    return (
        f"Its most common mistake is to predict {label_name(answer)} for pairs that annotators label {label_name(truth)}: "
        f"{percent(share)} of them."
    )


def giveaway_title(word: WordLabel) -> str:
    """What the most revealing word gives away."""
    return f"“{word.word}” comes with {label_name(word.label)} in {percent(word.probabilities[word.label])} of training pairs"


def giveaway_says(word: WordLabel, *, shipped: bool) -> str:
    """The count it rests on, and whose training data they are."""
    counted = f"“{word.word}” is in {count(word.count, 'hypothesis', 'hypotheses')} of the training data. The dotted lines show the shares of all pairs."
    return (
        counted
        if shipped
        else f"{counted} These are the shipped model’s data; what this model read is not known here."
    )


def alone_says(verdict: Prediction, alone: Prediction) -> str:
    """What the model predicts without the premise, beside the verdict."""
    share = percent(alone.probabilities[alone.label])
    if alone.label == verdict.label:
        return f"Without the premise this model predicts {label_name(alone.label)} ({share}), the same as with it."
    return (
        f"Without the premise this model predicts {label_name(alone.label)} ({share}); with it, {label_name(verdict.label)} "
        f"({percent(verdict.probabilities[verdict.label])})."
    )


def probing_title(asked: str, result: LinearProbeResult) -> str:
    """Where a probe reads its answer best."""
    depth = int(result.accuracy.argmax())
    where = "in the embeddings" if depth == 0 else f"after {depth_name(depth).lower()}"
    return f"“{asked}” can be read best {where}: {percent(result.accuracy[depth])} right"


def probing_says(result: LinearProbeResult) -> str:
    """Where the probe is furthest above its control, and what always giving the commoner answer reaches."""
    depth = int(result.selectivity.argmax())
    return (
        f"The probe exceeds its control most {'after' if depth else 'in the'} {depth_name(depth).lower()}: "
        f"{percent(result.accuracy[depth])} right against {percent(result.control[depth])}. Always giving the more frequent "
        f"answer is right on {percent(result.majority)} of these {result.rows:,} held-out examples."
    )


def answers_title(moments: Sequence[Moment]) -> str:
    """When the model begins to fall for shared words; a question where it does not."""
    shares = [moment.traps for moment in moments]
    fooled = _first(moments, [share is not None and share < HALF for share in shares])
    if fooled is None or _first(moments, [share is not None and share >= HALF for share in shares]) is None:
        return "What did it learn, and when?"
    return f"By step {fooled.step:,} of {fooled.stage} it falls for most traps of shared words"


def attention_title(moments: Sequence[Moment], shares: Sequence[float]) -> str:
    """When a previous-word head appears; a question where none does."""
    first = _first(moments, [share > HALF for share in shares])
    if first is None:
        return "When did its heads begin to look somewhere?"
    return f"A previous-word head appears by step {first.step:,} of {first.stage}"


def _first(moments: Sequence[Moment], holds: Sequence[bool]) -> Moment | None:
    return next((moment for moment, one in zip(moments, holds, strict=True) if one), None)


def answers_says(moment: Moment) -> str:
    """What the model gets right at one moment."""
    when = f"At step {moment.step:,} of {moment.stage} it "
    if moment.verdicts is None:
        return f"{when}fills {percent(moment.right)} of the gaps right: the missing word is among its first five."
    return (
        f"{when}is right on {percent(moment.right)} of easy pairs, predicts contradiction for {percent(moment.negations)} of negated "
        f"sentences, and avoids {percent(moment.traps)} of the traps of shared words."
    )


def attention_says(moment: Moment, values: Mapping[str, float | None]) -> str:
    """Where the heads look at one moment."""
    return (
        f"At step {moment.step:,} of {moment.stage} the head that attends most to the previous word piece gives it "
        f"{percent(values[PREVIOUS])} of its attention. [CLS] gets {percent(values[SINK])} of all attention."
    )
