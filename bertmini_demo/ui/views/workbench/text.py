"""The sentences of the workbench, each about the visitor's pairs, models and copies."""

from collections.abc import Mapping, Sequence

from bertmini_demo.data.metrics import Tally
from bertmini_demo.data.model_family import Speed
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import data_name, label_name
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import TWO_LABELS, Prediction


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


def fetching(come: int, whole: int) -> str:
    """How much of a download has come, in bytes."""
    if not whole:
        return "asking the Hub"
    return f"{come / 1e6:.0f} of {whole / 1e6:.0f} MB"


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


SHIPPED_CARD = (
    "A teaching model: small, trained on little text, often wrong, sometimes with high confidence. It was trained on parts "
    "of SNLI (CC BY-SA 4.0), MultiNLI (OANC and CC BY), LingNLI (no licence stated), the new protocols of Bowman et al. 2020 "
    "and pairs from Wikipedia (CC BY-SA), counterfactual edits of SNLI (Apache-2.0) and MPE, and on open English prose. The "
    "original BERT-mini has 30,522 word pieces and 11.2 million parameters. Decide nothing by it."
)
