"""The table of pairs to learn from, and what fills it: pasted lines, a file, the example, nothing."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr

from bertmini_demo.data.pair_files import LABEL, Pairs, read_file, read_text
from bertmini_demo.errors import InputError
from bertmini_demo.results import HYPOTHESIS, PREMISE
from bertmini_demo.settings import Settings
from bertmini_demo.ui.laboratory.actions import AT_ONCE, QUIET
from bertmini_demo.ui.laboratory.beside_html import says

COLUMNS = (PREMISE, HYPOTHESIS, LABEL)
FAULTS = 5  # told of a text or file


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
            label="Pairs: one a line, premise, hypothesis and label, as CSV, tab-separated or JSON lines",
            lines=4,
            max_lines=12,
            placeholder="premise,hypothesis,label\nA man sleeps.,A man is awake.,contradiction",
            elem_id="paste-pairs",
        )
        paste = gr.Button("Put into the table", size="sm", elem_id="put-pairs", min_width=120, scale=0)
        file = gr.File(
            label=f"A file of such lines, of up to {settings.file_megabytes} MB",
            file_types=[".csv", ".tsv", ".txt", ".jsonl", ".json"],
            elem_id="train-file",
            height=110,
        )
    told = gr.HTML(elem_id="pairs-told")
    back.click(lambda: (example, ""), None, [table, told], **AT_ONCE)
    clear.click(lambda: ([[""] * len(COLUMNS)] * least, ""), None, [table, told], **AT_ONCE)
    paste.click(lambda pasted: from_text(pasted, settings), text, [table, told], **QUIET)
    file.upload(lambda path: from_file(path, settings), file, [table, told], **QUIET)
    return table


def from_text(text: str, settings: Settings) -> list:
    """The table and what is told for pasted lines."""
    return filled(lambda: read_text(text, most=settings.train_pairs, labelled=True))


def from_file(path: str, settings: Settings) -> list:
    """The table and what is told for a file."""
    megabytes = settings.file_megabytes
    return filled(
        lambda: read_file(Path(path), most=settings.train_pairs, megabytes=megabytes, labelled=True)
    )


def filled(read: Callable[[], Pairs]) -> list:
    """The table with what was read, and what was left out, by line."""
    try:
        found = read()
    except InputError as error:
        return [gr.skip(), says(str(error))]
    count, faults = len(found.pairs), found.faults
    told = [f"{count} {'pair is' if count == 1 else 'pairs are'} in the table."]
    if not count:
        told = ["No labelled pair was found: the table stays."]
    if found.more:
        told.append("There are more than can be trained on: the rest was left out.")
    told += [f"Left out: {fault}" for fault in faults[:FAULTS]]
    if len(faults) > FAULTS:
        told.append(f"And {len(faults) - FAULTS} more.")
    rows = [[pair.premise, pair.hypothesis, pair.label] for pair in found.pairs]
    return [rows or gr.skip(), says(" ".join(told))]
