"""The tab Batch: a file of pairs gets verdicts, and is given back with them."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import gradio as gr

from bertmini_demo.data.batch import Answer, csv_columns, csv_row, explained, json_row, judge
from bertmini_demo.data.examples import gallery
from bertmini_demo.data.metrics import Tally, scored_labels
from bertmini_demo.data.pair_files import Fault, Pair, Pairs, read_file
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.figures.measurements import calibration_curve, confusion_heatmap
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.background import run_in_background
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory import batch_html as html
from bertmini_demo.ui.laboratory.clicks import OPEN_PAIR
from bertmini_demo.ui.laboratory.exports import BYTE_ORDER_MARK
from bertmini_demo.ui.laboratory.tabs import Action, Tab, View

MOST_ROWS, MOST_EXPLAINED = Settings().batch_rows, Settings().explained_rows
MOST_MEGABYTES = Settings().file_megabytes
ROWS_AT_ONCE = 128  # between two looks at the stop button
EXPLAINED_AT_ONCE = 4
KINDS = ("csv", "jsonl")
WAITING = rendering.progress(0, 1, "Waiting until the files before this one are done.")


def build_batch() -> Tab:
    with gr.Tab("Batch", id="batch") as item:
        gr.HTML(html.intro(rows=MOST_ROWS, megabytes=MOST_MEGABYTES))
        with gr.Row(elem_classes="controls"):
            file = gr.File(
                label="Pairs",
                file_types=[".csv", ".tsv", ".txt", ".jsonl", ".json"],
                elem_id="batch-file",
                height=120,
            )
            count = gr.Slider(
                0,
                MOST_EXPLAINED,
                value=0,
                step=10,
                label="Rows whose words are scored, too",
                info="The first ones, by the method chosen in Why?; each takes as long as it does there",
                elem_id="batch-explained",
                min_width=240,
            )
            start = gr.Button("Judge the pairs", elem_id="judge-batch", min_width=140)
            stop = gr.Button("Stop", elem_id="stop-batch", min_width=80)
        status = gr.HTML(elem_id="batch-status")
        with gr.Row(elem_classes="controls"):
            saved = [
                gr.DownloadButton(
                    f"Save as {name}", visible=False, size="sm", elem_id=f"batch-{kind}", min_width=140
                )
                for kind, name in zip(KINDS, ("CSV", "JSON lines"), strict=True)
            ]
        with gr.Row():
            figures = [build_figure(name) for name in ("batch-confusion", "batch-calibration")]
        found = gr.HTML(js_on_load=OPEN_PAIR, elem_id="batch-found")
    start.click(None, None, status, js=f"() => {json.dumps(WAITING)}", api_visibility="private")
    run = partial(judge_file, folder=Path(file.GRADIO_CACHE))
    outputs = (status, *saved, *figures, found)
    action = Action(
        start, stop, outputs, run, controls=(file, count), ended_by=(file,), lane="batch", of_pair=False
    )
    return Tab("batch", item, (), picks={"pair": (found,)}, actions=(action,))


def build_figure(name: str) -> gr.Plot:
    with gr.Column(min_width=320):
        return gr.Plot(show_label=False, visible=False, elem_id=name, elem_classes="figure")


def hidden() -> list[dict]:
    """Neither files nor figures."""
    return [gr.update(visible=False)] * 4


def judge_file(
    analysis: Analysis, view: View, path: str | None, count: float, *, folder: Path
) -> Iterator[list]:
    """Values for the tab's outputs as the work goes on; what is wrong with the file is told.

    Args:
        path: of the visitor's file; None for the example pairs.
        count: of the rows whose words are scored.
        folder: for the files to save.
    """
    yield [rendering.progress(0, 1, "The file is being read."), *hidden(), None]
    try:
        pairs = run_in_background(read_pairs, path)
        yield from work(
            analysis.model, pairs, view, most_explained=min(int(count), MOST_EXPLAINED), folder=folder
        )
    except InputError as error:
        yield [html.says(str(error)), *hidden(), None]


def read_pairs(path: str | None) -> Pairs:
    """The pairs of a visitor's file; the example pairs where there is none.

    Raises:
        InputError: not text, too large, without pairs, or column names that are not those of pairs.
    """
    if path is None:
        examples = enumerate(gallery(), start=1)
        return Pairs(
            tuple(Pair(line, one.premise, one.hypothesis, one.label) for line, one in examples), (), False
        )
    pairs = read_file(Path(path), most=MOST_ROWS, megabytes=MOST_MEGABYTES)
    if not pairs.pairs:
        fault = f" {pairs.faults[0]}" if pairs.faults else " It is empty."
        raise InputError(f"There is no pair in the file.{fault}", field="pairs")
    return pairs


class Findings:
    """What is known of a file so far."""

    def __init__(self, model: NLIModel, pairs: Pairs) -> None:
        self._labels = model.labels
        labels = scored_labels({*model.labels, *(pair.label for pair in pairs.pairs)})
        self.calibrated = len(labels) == len(
            model.labels
        )  # else the model tells more labels apart than are scored
        self.tally = Tally(labels, most_mistakes=html.MISTAKES_SHOWN)
        self.verdicts: Counter[str] = Counter()
        self.faults: list[Fault] = []  # the first ones
        self.faulty = self.explained = 0

    def add(self, rows: Iterable[Answer | Fault]) -> None:
        for row in rows:
            if isinstance(row, Fault):
                self.faulty += 1
                self.faults += [row] if len(self.faults) < html.FAULTS_SHOWN else []
                continue
            self.verdicts[row.prediction.label] += 1
            self.explained += row.attribution is not None
            if row.pair.label:
                self.tally.add(row.pair.label, row.prediction, row)

    def status(self, name: str, *, left_out: int | None) -> str:
        answers = self.verdicts.total()
        told = html.judged(
            name, answers=answers, faults=self.faulty, explained=self.explained, left_out=left_out
        )
        return told + html.faults(self.faults, total=self.faulty)

    def figures(self) -> list[dict]:
        """Confusion and calibration where there are labels."""
        if not self.tally.pairs:
            return hidden()[2:]
        names = {label: rendering.label_name(label) for label in self.tally.labels}
        confusion = confusion_heatmap(self.tally.classification()["confusion"], names=names)
        curve = calibration_curve(self.tally.calibration()["bins"]) if self.calibrated else None
        return [gr.update(value=confusion, visible=True), gr.update(value=curve, visible=self.calibrated)]

    def html(self) -> str:
        measured = html.measured(self.tally, calibrated=self.calibrated) if self.tally.pairs else ""
        return html.verdicts(self.verdicts, self._labels) + measured


class Files:
    """The files that a visitor takes along, written as the work goes on."""

    def __init__(self, folder: Path, labels: tuple[str, ...]) -> None:
        """Args:
        folder: where they are made, under a name that nobody can guess.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.paths = [Path(mkdtemp(dir=folder)) / f"verdicts.{kind}" for kind in KINDS]
        self._labels = labels
        self.paths[0].write_text(BYTE_ORDER_MARK, encoding="utf-8")
        self._append([csv_columns(labels)], [])

    def write(self, found: list[Answer | Fault]) -> None:
        self._append([csv_row(one, self._labels) for one in found], map(json_row, found))

    def _append(self, cells: list[list], rows: Iterable[dict]) -> None:
        with self.paths[0].open("a", encoding="utf-8", newline="") as table:
            csv.writer(table).writerows(cells)
        with self.paths[1].open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def shown(self) -> list[dict]:
        return [gr.update(value=str(path), visible=True) for path in self.paths]


def work(model: NLIModel, pairs: Pairs, view: View, *, most_explained: int, folder: Path) -> Iterator[list]:
    """Values for the tab's outputs: progress with what is there to be saved so far, then all that was found."""
    rows = sorted((*pairs.pairs, *pairs.faults), key=lambda row: row.line)
    findings, files, done = Findings(model, pairs), Files(folder, model.labels), 0
    while done < len(rows):
        left = most_explained - findings.explained
        part = rows[done : done + (EXPLAINED_AT_ONCE if left > 0 else ROWS_AT_ONCE)]
        found = run_in_background(answers, model, part, view, most_explained=left)
        files.write(found)
        findings.add(found)
        done += len(part)
        told = rendering.progress(done, len(rows), f"{done:,} of {len(rows):,} rows")
        yield [told, *files.shown(), gr.skip(), gr.skip(), gr.skip()]
    yield [
        findings.status(model.name, left_out=MOST_ROWS if pairs.more else None),
        *files.shown(),
        *findings.figures(),
        findings.html(),
    ]


def answers(
    model: NLIModel, rows: list[Pair | Fault], view: View, *, most_explained: int
) -> list[Answer | Fault]:
    """An answer to each row, the first ones explained."""
    limit = model.settings.page_word_pieces
    question = {"method": view.method, "output": view.output, "baseline": view.baseline, "limit": limit}
    found = judge(model, rows, limit=limit)
    chosen = [place for place, one in enumerate(found) if isinstance(one, Answer)][: max(most_explained, 0)]
    for place in chosen:
        found[place] = explained(model, found[place], **question)
    return found
