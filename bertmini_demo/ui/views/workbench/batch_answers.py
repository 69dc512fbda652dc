"""Batch: a file or a pasted text of pairs gets verdicts, and goes back with them."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator

from bertmini_demo.data.batch import Answer, csv_columns, csv_row, explain_answer, json_row, predict_rows
from bertmini_demo.data.examples import gallery
from bertmini_demo.data.label_words import scored_labels
from bertmini_demo.data.metrics import Tally
from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.data.pair_files import Pairs
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures.model_quality import calibration_curve, confusion_heatmap
from bertmini_demo.figures.naming import percent
from bertmini_demo.figures.rendering import label_name
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.background import run_in_background
from bertmini_demo.settings import Settings
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.workbench import text
from bertmini_demo.ui.visit import Visit

SOURCES = ("file", "examples")
EXPLAINED = ("0", "10", "50", "200")  # pairs whose words are scored
ROWS_AT_ONCE = 128  # between two reports
EXPLAINED_AT_ONCE = 4
ROWS_SHOWN = 20  # of mistakes, and of rows that could not be read
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes a CSV file for one of its country's old encodings


def explained_choices(settings: Settings) -> tuple[str, ...]:
    """How many pairs may have their words scored."""
    return tuple(one for one in EXPLAINED if int(one) <= settings.explained_rows)


def batch(analysis: Analysis, state: State, visit: Visit) -> Iterator[Reply]:
    """Progress with the rows judged since the last, as CSV and JSON lines; then what they show together."""
    settings = analysis.model.settings
    explained = int(state.option("explain", explained_choices(settings)))
    source = state.option("batch_from", SOURCES)
    yield {"progress": 0.0, "message": "reading the pairs"}
    name, pairs = run_in_background(read_source, source, visit, settings)
    summary = BatchSummary(analysis.model, name, pairs)
    rows = sorted((*pairs.pairs, *pairs.bad_rows), key=lambda row: row.line)
    head = {"csv": BYTE_ORDER_MARK + csv_text([csv_columns(analysis.model.labels)]), "jsonl": ""}
    yield {"progress": 0.0, "message": f"0 of {len(rows):,} rows", "saved": head}
    done = 0
    while done < len(rows):
        left = explained - summary.explained
        part = rows[done : done + (EXPLAINED_AT_ONCE if left > 0 else ROWS_AT_ONCE)]
        judged = run_in_background(judge_rows, analysis.model, part, state, max_explained=left)
        summary.add(judged)
        done += len(part)
        yield {
            "progress": done / len(rows),
            "message": f"{done:,} of {len(rows):,} rows",
            "saved": saved(judged, analysis.model.labels),
        }
    yield summary.answer()


def read_source(source: str, visit: Visit, settings: Settings) -> tuple[str, Pairs]:
    """What the pairs are called, and the pairs themselves.

    Raises:
        InputError: no file came, or it is not text, too large, without pairs, or of unknown layout; field "pairs".
    """
    if source == "examples":
        pairs = (
            Pair(one.premise, one.hypothesis, one.label, line=line)
            for line, one in enumerate(gallery(), start=1)
        )
        return "the example pairs", Pairs(tuple(pairs), (), False)
    if visit.file is None:
        raise InputError("There are no pairs yet. Choose a file or paste some.", field="pairs")
    name = visit.file.name
    pairs = visit.file.pairs(max_rows=settings.batch_rows, megabytes=settings.file_megabytes)
    if not pairs.pairs:
        reason = str(pairs.bad_rows[0]) if pairs.bad_rows else "It is empty."
        raise InputError(f"There is no pair in {name}. {reason}", field="pairs")
    return name, pairs


def judge_rows(
    model: NLIModel, rows: list[Pair | BadRow], state: State, *, max_explained: int
) -> list[Answer | BadRow]:
    """An answer to each row, the words of the first ones scored."""
    limit = model.settings.page_word_pieces
    choices = {"method": state.method, "output": state.output, "baseline": state.baseline, "limit": limit}
    judged = predict_rows(model, rows, limit=limit)
    places = [place for place, one in enumerate(judged) if isinstance(one, Answer)]
    for place in places[: max(max_explained, 0)]:
        judged[place] = explain_answer(model, judged[place], **choices)
    return judged


def saved(judged: list[Answer | BadRow], labels: tuple[str, ...]) -> dict[str, str]:
    """Judged rows as lines of both files."""
    lines = [json.dumps(json_row(one), ensure_ascii=False) + "\n" for one in judged]
    return {"csv": csv_text([csv_row(one, labels) for one in judged]), "jsonl": "".join(lines)}


def csv_text(rows: list[list[object]]) -> str:
    """Rows as CSV (RFC 4180)."""
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)  # RFC 4180
    return lines.getvalue()


class BatchSummary:
    """What is known of the pairs so far."""

    def __init__(self, model: NLIModel, name: str, pairs: Pairs) -> None:
        self._model, self._name, self._pairs = model, name, pairs
        labels = scored_labels({*model.labels, *(pair.label for pair in pairs.pairs)})
        self._every_label = len(labels) == len(model.labels)  # else calibration means nothing
        self.tally = Tally(labels, max_mistakes=ROWS_SHOWN)
        self.verdicts: Counter[str] = Counter()
        self.bad_rows: list[BadRow] = []
        self.explained = 0

    @property
    def calibration(self) -> dict | None:
        """Calibration over the labelled pairs; None if the model and the data differ in their labels."""
        return self.tally.calibration() if self._every_label else None

    def add(self, rows: Iterable[Answer | BadRow]) -> None:
        """Counts verdicts, labels and bad rows."""
        for row in rows:
            if isinstance(row, BadRow):
                self.bad_rows.append(row)
                continue
            self.verdicts[row.prediction.label] += 1
            self.explained += row.attribution is not None
            if row.pair.label:
                self.tally.add(row.pair.label, row.prediction, row)

    def answer(self) -> Reply:
        """The sentences, tables and figures of all pairs."""
        total = max(self.verdicts.total(), 1)
        return {
            "html": render(
                "views/workbench/batch_result.html",
                says=text.judged(
                    self._name,
                    model=self._model.name,
                    pairs=self.verdicts.total(),
                    bad_rows=len(self.bad_rows),
                    explained=self.explained,
                    max_rows=self._model.settings.batch_rows if self._pairs.more else None,
                    notes=self._pairs.notes,
                ),
                bad_rows=[str(row) for row in self.bad_rows[:ROWS_SHOWN]],
                more_bad_rows=len(self.bad_rows[ROWS_SHOWN:]),
                verdicts=[
                    (label, self.verdicts[label], self.verdicts[label] / total)
                    for label in self._model.labels
                ],
                measured=text.measured(self.tally) if self.tally.pairs else "",
                mistakes=self.tally.mistakes,
            ),
            "figures": self.figures(),
        }

    def figures(self) -> list[Reply]:
        """Confusion where there are labels, calibration where there are enough."""
        if not self.tally.pairs:
            return []
        calibration = self.calibration
        return [confusion_card(self.tally), *([calibration_card(calibration)] if calibration else [])]


def confusion_card(tally: Tally) -> Reply:
    """How often pairs of each label got each verdict."""
    confusion = tally.classification()["confusion"]
    names = {label: label_name(label) for label in tally.labels}
    return card(
        confusion_heatmap(confusion, names=names),
        title="Which labels does it confuse?",
        says=text.confused(confusion),
        table=(
            ("Labelled", *(f"Predicted {name}" for name in names.values())),
            [(names[label], *(f"{count:,}" for count in row.values())) for label, row in confusion.items()],
        ),
    )


def calibration_card(calibration: dict) -> Reply:
    """Accuracy against confidence."""
    return card(
        calibration_curve(calibration["bins"]),
        title="Is it right as often as it is confident?",
        says=text.calibrated(calibration),
        table=(
            ("Pairs", "Confidence", "Accuracy", "95\u00a0% interval"),
            [
                (
                    f"{one['pairs']:,}",
                    percent(one["confidence"]),
                    percent(one["accuracy"]),
                    " to ".join(map(percent, one["interval"])),
                )
                for one in calibration["bins"]
            ],
        ),
    )


QUESTIONS = (Question("workbench.batch", batch, lane=WORK_LANE, pair=False, visit=True),)
