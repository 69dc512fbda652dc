"""The tab Batch: a file of pairs gets verdicts, and is given back with them."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

import gradio as gr

from bertmini_demo.data.batch import Answer, csv_columns, csv_row, explain_answer, json_row, judge
from bertmini_demo.data.examples import gallery
from bertmini_demo.data.label_words import scored_labels
from bertmini_demo.data.metrics import Tally
from bertmini_demo.data.pair import BadRow, Pair
from bertmini_demo.data.pair_files import Pairs, read_file
from bertmini_demo.errors import InputError
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.figures import rendering
from bertmini_demo.figures.model_quality import calibration_curve, confusion_heatmap
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.background import run_in_background
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory import batch_html as html
from bertmini_demo.ui.laboratory.clicks import OPEN_PAIR
from bertmini_demo.ui.laboratory.exports import BYTE_ORDER_MARK
from bertmini_demo.ui.laboratory.tabs import Action, Tab, View

FILE, EXAMPLES = "A file", "The example pairs"  # where the pairs come from
ROWS_AT_ONCE = 128  # between two looks at the stop button
EXPLAINED_AT_ONCE = 4
KINDS = ("csv", "jsonl")
WAITING = rendering.progress(0, 1, "Waiting until the files before this one are done.")


def build_batch(settings: Settings) -> Tab:
    with gr.Tab("Batch", id="batch") as item:
        gr.HTML(html.intro(rows=settings.batch_rows, megabytes=settings.file_megabytes))
        with gr.Row(elem_classes="controls"):
            source = gr.Radio(
                [FILE, EXAMPLES], value=FILE, label="Pairs from", elem_id="batch-source", min_width=160
            )
            file = gr.File(label="A file of pairs", elem_id="batch-file", height=120)
            count = gr.Slider(
                0,
                settings.explained_rows,
                value=0,
                step=10,
                label="Explain the first rows",
                info="Scores their words by the method chosen in Why?; each takes as long as it does there",
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
        start,
        stop,
        outputs,
        run,
        controls=(source, file, count),
        ended_by=(source, file),
        lane="batch",
        of_pair=False,
    )
    return Tab("batch", item, (), picks={"pair": (found,)}, actions=(action,))


def build_figure(name: str) -> gr.Plot:
    with gr.Column(min_width=320):
        return gr.Plot(show_label=False, visible=False, elem_id=name, elem_classes="figure")


def hidden() -> list[dict]:
    """Neither files nor figures."""
    return [gr.update(visible=False)] * 4


def judge_file(
    analysis: Analysis, view: View, source: str, path: str | None, count: float, *, folder: Path
) -> Iterator[list]:
    """Values for the tab's outputs as the work goes on; a file that cannot be used is refused in words.

    Args:
        source: FILE or EXAMPLES.
        path: of the visitor's file; None where there is none.
        count: of the rows whose words are scored.
        folder: for the files to save.
    """
    yield [rendering.progress(0, 1, "The file is being read."), *hidden(), None]
    try:
        settings = analysis.model.settings
        name, pairs = run_in_background(read_source, source, path, settings)
        count = min(int(count), settings.explained_rows)
        yield from work(analysis.model, name, pairs, view, max_explained=count, folder=folder)
    except InputError as error:
        yield [html.says(str(error)), *hidden(), None]


def read_source(source: str, path: str | None, settings: Settings) -> tuple[str, Pairs]:
    """The pairs of a visitor's file or the example pairs, and what they are called.

    Raises:
        InputError: no file was chosen, or it is not text, too large, without pairs, or of unknown layout.
    """
    if source == EXAMPLES:
        pairs = (
            Pair(one.premise, one.hypothesis, one.label, line=line)
            for line, one in enumerate(gallery(), start=1)
        )
        return "the example pairs", Pairs(tuple(pairs), (), False)
    if path is None:
        raise InputError("No file was chosen, or it could not be uploaded. Choose one.", field="pairs")
    name = Path(path).name
    pairs = read_file(Path(path), max_rows=settings.batch_rows, megabytes=settings.file_megabytes)
    if not pairs.pairs:
        reason = f"{pairs.bad_rows[0]}" if pairs.bad_rows else "It is empty."
        raise InputError(f"There is no pair in {name}. {reason}", field="pairs")
    return name, pairs


class BatchSummary:
    """What is known of a file so far."""

    def __init__(self, model: NLIModel, name: str, pairs: Pairs) -> None:
        self._model, self._name, self._pairs = model, name, pairs
        labels = scored_labels({*model.labels, *(pair.label for pair in pairs.pairs)})
        self._three_way = len(labels) == len(model.labels)  # else fewer labels are scored than the model has
        self.tally = Tally(labels, max_mistakes=html.MISTAKES_SHOWN)
        self.verdicts: Counter[str] = Counter()
        self.bad_rows: list[BadRow] = []  # the first ones
        self.bad_count = self.explained = 0

    @property
    def calibration(self) -> dict | None:
        return self.tally.calibration() if self._three_way else None

    def add(self, rows: Iterable[Answer | BadRow]) -> None:
        for row in rows:
            if isinstance(row, BadRow):
                self.bad_count += 1
                self.bad_rows += [row] if len(self.bad_rows) < html.BAD_ROWS_SHOWN else []
                continue
            self.verdicts[row.prediction.label] += 1
            self.explained += row.attribution is not None
            if row.pair.label:
                self.tally.add(row.pair.label, row.prediction, row)

    def status(self) -> str:
        return html.judged(
            self._name,
            model=self._model.name,
            answers=self.verdicts.total(),
            bad_rows=self.bad_count,
            explained=self.explained,
            max_rows=self._model.settings.batch_rows if self._pairs.more else None,
            notes=self._pairs.notes,
        ) + html.bad_rows(self.bad_rows, total=self.bad_count)

    def figures(self) -> list[dict]:
        """Confusion where there are labels, calibration where there are enough."""
        if not self.tally.pairs:
            return hidden()[2:]
        names = {label: rendering.label_name(label) for label in self.tally.labels}
        confusion = confusion_heatmap(self.tally.classification()["confusion"], names=names)
        calibration = self.calibration
        curve = calibration_curve(calibration["bins"]) if calibration else None
        return [gr.update(value=confusion, visible=True), gr.update(value=curve, visible=curve is not None)]

    def html(self) -> str:
        measured = html.measured(self.tally, self.calibration) if self.tally.pairs else ""
        return html.verdicts(self.verdicts, self._model.labels) + measured


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

    def write(self, found: list[Answer | BadRow]) -> None:
        self._append([csv_row(one, self._labels) for one in found], map(json_row, found))

    def _append(self, cells: list[list], rows: Iterable[dict]) -> None:
        with self.paths[0].open("a", encoding="utf-8", newline="") as table:
            csv.writer(table).writerows(cells)
        with self.paths[1].open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def shown(self) -> list[dict]:
        return [gr.update(value=str(path), visible=True) for path in self.paths]


def work(
    model: NLIModel, name: str, pairs: Pairs, view: View, *, max_explained: int, folder: Path
) -> Iterator[list]:
    """Values for the tab's outputs: progress with what can be saved so far, then the whole result."""
    rows = sorted((*pairs.pairs, *pairs.bad_rows), key=lambda row: row.line)
    summary, files, done = BatchSummary(model, name, pairs), Files(folder, model.labels), 0
    while done < len(rows):
        left = max_explained - summary.explained
        part = rows[done : done + (EXPLAINED_AT_ONCE if left > 0 else ROWS_AT_ONCE)]
        found = run_in_background(answers, model, part, view, max_explained=left)
        files.write(found)
        summary.add(found)
        done += len(part)
        told = rendering.progress(done, len(rows), f"{done:,} of {len(rows):,} rows")
        yield [told, *files.shown(), gr.skip(), gr.skip(), gr.skip()]
    yield [
        summary.status(),
        *files.shown(),
        *summary.figures(),
        summary.html(),
    ]


def answers(
    model: NLIModel, rows: list[Pair | BadRow], view: View, *, max_explained: int
) -> list[Answer | BadRow]:
    """An answer to each row, the first ones explained."""
    limit = model.settings.page_word_pieces
    question = {"method": view.method, "output": view.output, "baseline": view.baseline, "limit": limit}
    found = judge(model, rows, limit=limit)
    chosen = [place for place, one in enumerate(found) if isinstance(one, Answer)][: max(max_explained, 0)]
    for place in chosen:
        found[place] = explain_answer(model, found[place], **question)
    return found
