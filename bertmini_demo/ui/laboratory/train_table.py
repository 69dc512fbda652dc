"""The table of pairs to learn from, and what fills it: pasted lines, a file, the example, nothing."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr

from bertmini_demo.data.pair_files import Pairs, read_file, read_text
from bertmini_demo.data.pair_layouts import LABEL
from bertmini_demo.errors import InputError
from bertmini_demo.results import HYPOTHESIS, PREMISE
from bertmini_demo.settings import Settings
from bertmini_demo.training.on_page.user_pairs import MIN_PAIRS
from bertmini_demo.ui.laboratory.actions import AT_ONCE, QUIET
from bertmini_demo.ui.laboratory.beside_html import says

COLUMNS = (PREMISE, HYPOTHESIS, LABEL)
BAD_ROWS_SHOWN = 5  # of a text or file


def build_table(example: list[list[str]], *, least: int, settings: Settings) -> gr.Dataframe:
    """Args:
    example: the rows that stand there first.
    least: how many pairs are needed.
    """
    table = gr.Dataframe(
        example,
        headers=list(COLUMNS),
        column_count=len(COLUMNS),
        type="array",
        interactive=True,
        wrap=True,
        max_height=320,
        show_row_numbers=True,
        column_widths=["36%", "36%", "28%"],
        label=f"Pairs to learn from: {least} to {settings.train_pairs}; every fourth is held out",
        elem_id="train-pairs",
    )
    with gr.Row(elem_classes="controls"):
        back = gr.Button("The colour rule", size="sm", elem_id="colour-rule", min_width=120, scale=0)
        clear = gr.Button("Empty the table", size="sm", elem_id="empty-pairs", min_width=120, scale=0)
    with gr.Accordion("Paste pairs, or take a file", open=False, elem_id="more-pairs"):
        text = gr.Textbox(
            label="Pairs, one a line: premise, hypothesis and label, as CSV, tab-separated or JSON lines",
            lines=4,
            max_lines=12,
            placeholder="premise,hypothesis,label\nA man sleeps.,A man is awake.,contradiction",
            elem_id="paste-pairs",
        )
        paste = gr.Button("Put into the table", size="sm", elem_id="put-pairs", min_width=120, scale=0)
        file = gr.File(
            label=f"A file of such lines, up to {settings.file_megabytes} MB",
            elem_id="train-file",
            height=110,
        )
    message = gr.HTML(elem_id="pairs-told")
    back.click(lambda: (example, ""), None, [table, message], **AT_ONCE)
    clear.click(lambda: (empty_rows(), ""), None, [table, message], **AT_ONCE)
    paste.click(lambda pasted: from_text(pasted, settings), text, [table, message], **QUIET)
    file.upload(lambda path: from_file(path, settings), file, [table, message], **QUIET)
    return table


def from_text(text: str, settings: Settings) -> list:
    """The table and the message for pasted lines."""
    return filled(
        lambda: read_text(text, max_rows=settings.train_pairs, labels="required"), "the pasted text"
    )


def from_file(path: str, settings: Settings) -> list:
    """The table and the message for a file."""
    limits = {"max_rows": settings.train_pairs, "megabytes": settings.file_megabytes}
    return filled(lambda: read_file(Path(path), **limits, labels="required"), Path(path).name)


def filled(read: Callable[[], Pairs], name: str) -> list:
    """The table with what was read, and what was left out, by line. What was refused leaves no other pairs in its place:
    the table is empty then.

    Args:
        name: of the file or text.
    """
    try:
        pairs = read()
    except InputError as error:
        return [empty_rows(), says(f"{error} The table is empty now.")]
    count, bad_rows = len(pairs.pairs), pairs.bad_rows
    text = [
        f"{count} {'pair' if count == 1 else 'pairs'} of {name} {'is' if count == 1 else 'are'} in the table."
    ]
    if not count:
        text = [f"There is no labelled pair in {name}: the table is empty now."]
    text += pairs.notes
    if pairs.more:
        text.append("There are more than can be trained on: the rest was left out.")
    text += [f"Left out: {row}" for row in bad_rows[:BAD_ROWS_SHOWN]]
    if len(bad_rows) > BAD_ROWS_SHOWN:
        text.append(f"And {len(bad_rows) - BAD_ROWS_SHOWN} more.")
    rows = [[pair.premise, pair.hypothesis, pair.label] for pair in pairs.pairs]
    return [rows or empty_rows(), says(" ".join(text))]


def empty_rows() -> list[list[str]]:
    return [[""] * len(COLUMNS)] * MIN_PAIRS
