"""The sentences of the workbench, each about the visitor's pairs, models and copies."""

from collections.abc import Mapping, Sequence

from bertmini_demo.data.metrics import Tally
from bertmini_demo.data.model_family import Speed
from bertmini_demo.data.pair import BadRow
from bertmini_demo.figures.naming import count, interval, joined, lowered, percent
from bertmini_demo.figures.rendering import data_name, label_name
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import TWO_LABELS, Prediction
from bertmini_demo.training.on_page.fine_tune import Report


def judged(
    name: str,
    *,
    model: str,
    pairs: int,
    bad_rows: int,
    explained: int,
    max_rows: int | None,
    notes: Sequence[str],
) -> str:
    """How many pairs of which file were judged, by which model, what was left out, and what its labels lack.

    Args:
        max_rows: beyond which rows were left out; None where none were.
    """
    sentences = [f"{model} judged {count(pairs, 'pair')} of {name}."]
    if explained:
        sentences.append(f"It explained the words of {count(explained, 'pair')}.")
    if bad_rows:
        sentences.append(f"{count(bad_rows, 'row')} could not be read.")
    if max_rows:
        sentences.append(
            f"Rows beyond the first {max_rows:,} were left out; python -m bertmini_demo.training evaluate --predictions "
            "takes a file of any size."
        )
    return " ".join((*sentences, *notes))


def measured(tally: Tally) -> str:
    """Accuracy with its interval."""
    low, high = tally.accuracy_interval
    sentence = (
        f"Of {count(tally.pairs, 'pair')} with a label, the model gets {percent(tally.accuracy, digits=1)} right (95\u00a0% interval "
        f"{interval((low, high))})."
    )
    if len(tally.labels) == len(TWO_LABELS):
        sentence += " Neutral and contradiction count as one label: not entailment."
    return sentence


def confused(confusion: Mapping[str, Mapping[str, int]]) -> str:
    """The most common mistake.

    Args:
        confusion: counts by label, then by verdict.
    """
    share, truth, verdict = max(
        (number / max(sum(row.values()), 1), truth, verdict)
        for truth, row in confusion.items()
        for verdict, number in row.items()
        if verdict != truth
    )
    if not share:
        return "It makes no mistakes on these pairs."
    return f"Its most common mistake is to predict {label_name(verdict)} for pairs labelled {label_name(truth)} ({percent(share)} of them)."


def calibrated(calibration: Mapping) -> str:
    """How far confidence and accuracy differ."""
    points = 100 * calibration["expected_calibration_error"]
    return f"On these pairs its confidence and its accuracy differ by {points:.1f} points on average."


def fetching(received: int, total: int) -> str:
    """How much of a download has come, in bytes."""
    if not total:
        return "asking the Hub"
    return f"{received / 1e6:.0f} of {total / 1e6:.0f} MB"


def in_use(model: NLIModel) -> str:
    """A model that was fetched, and how its labels are known."""
    return " ".join((f"{model.name} is ready.", model.label_source, *model.notes))


def facts(model: NLIModel, *, shipped: bool) -> str:
    """How the labels are known, and for the shipped model what it was trained on."""
    return " ".join((SHIPPED_CARD, *model.notes) if shipped else (model.label_source, *model.notes))


def accuracies(measured: Mapping[str, Mapping]) -> str:
    """The best and the worst data set."""
    ranked = sorted(measured, key=lambda name: measured[name]["accuracy"])
    worst, best = ranked[0], ranked[-1]
    first = f"It gets {percent(measured[best]['accuracy'], digits=1)} of {data_name(best)} right"
    if worst == best:
        return f"{first}."
    return f"{first}, and {percent(measured[worst]['accuracy'], digits=1)} of {data_name(worst)}."


def trained(stages: Sequence[Mapping]) -> str:
    """How many runs, how many word pieces, and how long."""
    pieces, hours = (sum(stage[name] for stage in stages) for name in ("word_pieces", "hours"))
    return (
        f"{count(len(stages), 'run')} of training read {pieces / 1e6:,.0f} million word pieces in {hours:,.1f} hours. "
        "Each line is one run, with its number at the end."
    )


def family(own: float | None) -> str:
    """What the published figures are, and this model's own."""
    sentence = "The five sizes of BERT with their published accuracy on MultiNLI, matched (the test set; for BERT-base the development set)."
    return (
        f"{sentence} This model reaches {percent(own, digits=1)} on the development set." if own else sentence
    )


def speeds(fastest: Speed, slowest: Speed, *, length: int, batch: int) -> str:
    """The smallest size against the largest.

    Args:
        length: word pieces of the measured pairs.
        batch: pairs a pass, where pairs a second are given.
    """
    times = slowest.milliseconds / fastest.milliseconds
    return (
        f"On this server BERT-{slowest.member.name} takes {slowest.milliseconds:.1f} ms a pair, {times:.0f} times as long as "
        f"BERT-{fastest.member.name} ({fastest.milliseconds:.1f} ms). Times are for one pair of {length} word pieces; pairs a "
        f"second are for batches of {batch}."
    )


def both_say(names: Sequence[str], predictions: Sequence[Prediction]) -> str:
    """Whether two models give the same verdict."""
    first, second = (label_name(one.label) for one in predictions)
    if first == second:
        return f"Both models predict {first}."
    return f"{names[0]} predicts {first}; {names[1]} predicts {second}."


def two_grids(models: Sequence[NLIModel]) -> str:
    """How many heads each has."""
    sizes = joined(
        [f"{one.name} has {count(one.layers, 'layer')} of {count(one.heads, 'head')}" for one in models]
    )
    return f"{sizes}. Heads do not correspond across models."


def agreement(pairs: int, share: float, by_chance: float, differ: int) -> str:
    """How often two models agree, beside what chance alone would give.

    Args:
        share, by_chance: from 0 to 1.
        differ: pairs on which they do not agree.
    """
    differing = f"They differ on {differ:,}, the most confident differences first." if differ else ""
    return (
        f"They agree on {percent(share, digits=1)} of {count(pairs, 'pair')}; by chance they would agree on "
        f"{percent(by_chance, digits=1)}, given how often each predicts each label. {differing}"
    ).rstrip()


def taken(name: str, pairs: int, *, more: bool, notes: Sequence[str]) -> str:
    """How many pairs of a file can be trained on."""
    sentences = [f"The field holds {count(pairs, 'pair')} of {name}.", *notes]
    if more:
        sentences.append("The file has more than can be trained on; the rest was left out.")
    return " ".join(sentences)


def bad_rows(rows: Sequence[BadRow]) -> str:
    """The first rows that cannot be trained on."""
    shown = " ".join(map(str, rows[:ERRORS_SHOWN]))
    return f"{shown} And {len(rows) - ERRORS_SHOWN:,} more." if len(rows) > ERRORS_SHOWN else shown


def in_line(before: int) -> str:
    """The place of a training that waits."""
    return f"One copy is trained at a time. Yours is number {before + 1} in the queue and starts by itself; “Stop” removes it."


def under_way(last: Report | None, *, steps: int) -> str:
    """How far a training is."""
    if last is None:
        return "Making the copy and measuring it before training."
    return f"Step {last.step} of {steps}: loss {last.loss:.2f} nats, {percent(last.held_out)} of the held-out pairs right"


def learning(first: Report, last: Report) -> str:
    """The first report against the last."""
    return (
        f"From step {first.step} to step {last.step} the loss goes from {first.loss:.2f} to {last.loss:.2f} nats, and the "
        f"accuracy on the held-out pairs from {percent(first.held_out)} to {percent(last.held_out)}."
    )


def ended(how: str, last: Report) -> str:
    """How a training ended."""
    return f"{ENDS[how]} after {count(last.step, 'step')} in {last.seconds:.0f} seconds."


def learned(right: tuple[float, float]) -> str:
    """Whether what was learned holds for pairs that it was not trained on.

    Args:
        right: accuracy on the held-out pairs before and after, from 0 to 1.
    """
    if right[1] > right[0]:
        return "More of the held-out pairs are right than before, so it learned something beyond the pairs it was trained on."
    return "No more of the held-out pairs are right than before: nothing shows that it learned more than the pairs it was trained on."


def forgotten(right: tuple[float, float], pairs: int) -> str:
    """What the new pairs cost.

    Args:
        right: accuracy on the pairs whose label nobody doubts, before and after, from 0 to 1.
    """
    before, after = right
    sentence = f"Of {count(pairs, 'pair')} with an obvious label it got {percent(before)} right before and {percent(after)} now."
    if after < before - NOTABLE:
        return f"It also forgot: {lowered(sentence)} Training on new pairs alone can overwrite what older ones taught."
    return f"It forgot little: {lowered(sentence)}"


GROUPS = {  # as a training job names them
    "trained on": "Trained on",
    "held out": "Held out",
    "sure": "Pairs with an obvious label",
}
ENDS = {"done": "Done", "stopped": "Stopped", "late": "Stopped by the time limit"}
NOTABLE = 0.03  # a loss of accuracy that is named
ERRORS_SHOWN = 3
NO_TRAINING = (
    "There is no such training on this server: it was stopped before its first step, it left the queue because no page "
    "asked for it for a minute, or its copy made room for newer ones. Train again."
)
SHIPPED_CARD = (
    "This is a teaching model: small, trained on little text, often wrong, sometimes with high confidence. It was trained on parts "
    "of SNLI (CC BY-SA 4.0), MultiNLI (OANC and CC BY), LingNLI (no licence stated), the new protocols of Bowman et al. 2020 "
    "and pairs from Wikipedia (CC BY-SA), counterfactual edits of SNLI (Apache-2.0) and MPE, and on open English prose. The "
    "original BERT-mini has 30,522 word pieces and 11.2 million parameters. Do not use it for real decisions."
)
