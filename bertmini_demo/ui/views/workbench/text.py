"""The sentences of the workbench, each about the visitor's pairs, models and copies."""

from collections.abc import Mapping, Sequence

from bertmini_demo.data.metrics import Tally
from bertmini_demo.data.model_family import Speed
from bertmini_demo.data.pair import BadRow
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import data_name, label_name
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import TWO_LABELS, Prediction
from bertmini_demo.training.on_page.fine_tune import Report


def count(number: int, what: str) -> str:
    """A number of things: "1 pair", "2 pairs"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


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
        sentences.append(f"The words of {count(explained, 'pair')} have scores.")
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
        f"Of {count(tally.pairs, 'pair')} with a label, the model gets {tally.accuracy:.1%} right (95 % interval "
        f"{low:.1%} to {high:.1%})."
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
        return "It makes no mistake on these pairs."
    return f"Its most common mistake is to predict {label_name(verdict)} for pairs labelled {label_name(truth)} ({percent(share)} of them)."


def calibrated(calibration: Mapping) -> str:
    """How far confidence and accuracy differ."""
    points = 100 * calibration["expected_calibration_error"]
    return (
        f"On these pairs its confidence and its accuracy differ by {points:.1f} percentage points on average."
    )


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
    sentences = [model.label_source, *model.notes]
    if shipped:
        sentences.append(SHIPPED_CARD)
    return " ".join(sentences)


def accuracies(measured: Mapping[str, Mapping]) -> str:
    """The best and the worst data set."""
    ranked = sorted(measured, key=lambda name: measured[name]["accuracy"])
    worst, best = ranked[0], ranked[-1]
    first = f"It gets {measured[best]['accuracy']:.1%} of {data_name(best)} right"
    if worst == best:
        return f"{first}."
    return f"{first}, and {measured[worst]['accuracy']:.1%} of {data_name(worst)}."


def trained(stages: Sequence[Mapping]) -> str:
    """How many runs, how many word pieces, and how long."""
    pieces, hours = (sum(stage[name] for stage in stages) for name in ("word_pieces", "hours"))
    return (
        f"{count(len(stages), 'run')} of training read {pieces / 1e6:,.0f} million word pieces in {hours:,.1f} hours. "
        "A line is one run; its number is at its end."
    )


def family(own: float | None) -> str:
    """What the published figures are, and this model's own."""
    sentence = "Five sizes of BERT with their published MultiNLI accuracy (test set, matched; base: development set)."
    return f"{sentence} This model reaches {own:.1%} on the development set, matched." if own else sentence


def speeds(fastest: Speed, slowest: Speed, *, length: int, batch: int) -> str:
    """The smallest size against the largest.

    Args:
        length: word pieces of the measured pairs.
        batch: pairs a pass, where pairs a second are given.
    """
    times = slowest.milliseconds / fastest.milliseconds
    return (
        f"On this server BERT-{slowest.member.name} takes {slowest.milliseconds:.1f} ms a pair, {times:.0f} times as long as "
        f"BERT-{fastest.member.name} ({fastest.milliseconds:.1f} ms). One pair of {length} word pieces at a time; pairs a "
        f"second in batches of {batch}."
    )


def both_say(names: Sequence[str], predictions: Sequence[Prediction]) -> str:
    """Whether two models give the same verdict."""
    first, second = (label_name(one.label) for one in predictions)
    if first == second:
        return f"Both predict {first}."
    return f"{names[0]} predicts {first}, {names[1]} predicts {second}."


def two_grids(models: Sequence[NLIModel]) -> str:
    """How many heads each has."""
    sizes = "; ".join(f"{one.name}: {one.layers} layers of {one.heads} heads" for one in models)
    return f"{sizes}. Heads do not correspond across models."


def agreement(pairs: int, share: float, by_chance: float, differ: int) -> str:
    """How often two models agree, beside what chance alone would give.

    Args:
        share, by_chance: from 0 to 1.
        differ: pairs on which they do not agree.
    """
    return (
        f"They agree on {share:.1%} of {count(pairs, 'pair')}; by chance it would be {by_chance:.1%}, given how often each "
        f"predicts which label. They differ on {differ:,}, the most confident differences first."
    )


def taken(name: str, pairs: int, *, more: bool, notes: Sequence[str]) -> str:
    """How many pairs of a file can be trained on."""
    sentences = [f"{count(pairs, 'pair')} of {name} {'is' if pairs == 1 else 'are'} below.", *notes]
    if more:
        sentences.append("There are more than can be trained on; the rest was left out.")
    return " ".join(sentences)


def bad_rows(rows: Sequence[BadRow]) -> str:
    """The first rows that cannot be trained on."""
    shown = " ".join(map(str, rows[:ERRORS_SHOWN]))
    return f"{shown} And {len(rows) - ERRORS_SHOWN:,} more." if len(rows) > ERRORS_SHOWN else shown


def in_line(before: int) -> str:
    """The place of a training that waits."""
    return f"One copy is trained at a time. Yours is number {before + 1} in the line and starts by itself; Stop takes it out."


def under_way(last: Report | None, *, steps: int) -> str:
    """How far a training is."""
    if last is None:
        return "The copy is made, and answers before it learns."
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
        return "It learned something that holds beyond the pairs it was trained on: more of the held-out pairs are right."
    return "It learned nothing that holds beyond the pairs it was trained on: no more of the held-out pairs are right."


def forgotten(right: tuple[float, float], pairs: int) -> str:
    """What the new pairs cost.

    Args:
        right: accuracy on the pairs whose label nobody doubts, before and after, from 0 to 1.
    """
    before, after = right
    sentence = f"Of {count(pairs, 'pair')} whose label nobody doubts, {percent(before)} were right and {percent(after)} are now."
    if after < before - NOTABLE:
        return f"It also forgot. {sentence} Training on new pairs alone can overwrite what older ones taught."
    return f"It forgot little. {sentence}"


GROUPS = {  # as a training job names them
    "trained on": "Trained on",
    "held out": "Held out",
    "sure": "Pairs whose label nobody doubts",
}
ENDS = {"done": "Done", "stopped": "Stopped", "late": "The time limit ended it"}
NOTABLE = 0.03  # a loss of accuracy that is named
ERRORS_SHOWN = 3
NO_TRAINING = (
    "There is no such training on this server: it was stopped before its first step, it left the line because no page "
    "asked for it for a minute, or its copy made room for newer ones. Train again."
)
SHIPPED_CARD = (
    "A teaching model: small, trained on little text, often wrong, sometimes with high confidence. It was trained on parts "
    "of SNLI (CC BY-SA 4.0), MultiNLI (OANC and CC BY), LingNLI (no licence stated), the new protocols of Bowman et al. 2020 "
    "and pairs from Wikipedia (CC BY-SA), counterfactual edits of SNLI (Apache-2.0) and MPE, and on open English prose. The "
    "original BERT-mini has 30,522 word pieces and 11.2 million parameters. Decide nothing by it."
)
