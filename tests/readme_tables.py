"""Writes the tables of the README files from the code and the stored measurements.

``python tests/readme_tables.py`` rewrites the text between ``<!-- name -->`` and ``<!-- end -->``; a test compares.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bertmini_demo.benchmark.prediction_speed import PAIRS_ALONE  # noqa: E402
from bertmini_demo.data.lessons import CHALLENGES, DONE, SETTINGS, read_pairs  # noqa: E402
from bertmini_demo.figures.rendering import data_name  # noqa: E402
from bertmini_demo.settings import Settings  # noqa: E402

README = ROOT / "README.md"
SERVER = ROOT / "bertmini_demo" / "ui" / "server" / "README.md"
BENCHMARK = ROOT / "bertmini_demo" / "benchmark" / "README.md"
LESSONS = ROOT / "assets" / "lessons" / "README.md"
LESSON_PLAN = ROOT / "assets" / "lessons" / "lesson-plan.md"
MEASURED = ("mnli_dev_matched", "snli_dev")


def settings_table() -> str:
    rows = ["| what | default | environment variable |", "| --- | --- | --- |"]
    for entry in fields(Settings):
        default = entry.default
        if isinstance(default, tuple):
            default = ", ".join(default)
        default = f"{default:,}" if isinstance(default, int) else default or "none"
        variable = entry.metadata["variable"]
        rows.append(
            f"| {entry.metadata['meaning']} | {default} | {f'`{variable}`' if variable else 'fixed'} |"
        )
    return "\n".join(rows)


def endpoints_table() -> str:
    from bertmini_demo.ui.server.api import endpoints

    rows = ["| endpoint | what it does | returns |", "| --- | --- | --- |"]
    for function in endpoints(None):
        parameters = ", ".join(inspect.signature(function).parameters)
        text = inspect.getdoc(function)
        summary = text.split("\n", 1)[0]
        returned = " ".join(text.split("Returns:\n", 1)[1].split())
        rows.append(f"| `/{function.__name__}({parameters})` | {summary} | {returned} |")
    return "\n".join(rows)


def accuracy_table() -> str:
    metrics = json.loads((ROOT / "assets" / "nli" / "metrics.json").read_text(encoding="utf-8"))
    rows = ["| measured on | pairs | accuracy | hypotheses alone |", "| --- | --- | --- | --- |"]
    for key in MEASURED:
        found = metrics["data"][key]
        alone = metrics["hypothesis_only_classifier"][key]
        rows.append(f"| {data_name(key)} | {found['pairs']:,} | {found['accuracy']:.1%} | {alone:.1%} |")
    return "\n".join(rows) + (
        "\n\nThe last column is an earlier, smaller classifier that was trained on hypotheses only."
    )


def speed_table() -> str:
    """What was measured against what people would use instead, as shares of its time or size."""
    stored = json.loads((ROOT / "assets" / "benchmark.json").read_text(encoding="utf-8"))
    rows = ["| what | against | share | goal |", "| --- | --- | --- | --- |"]
    found = {name: part["found"] for name, part in stored.items()}
    for what, against, goal, share in comparisons(found):
        rows.append(f"| {what} | {against} | {share:.2f} | {goal} |")
    rows += ["", "| felt on the page | median, ms | 95 %, ms | goals |", "| --- | --- | --- | --- |"]
    rows += [f"| {' | '.join(row)} |" for row in waits(found)]
    return "\n".join([*rows, "", *growth(found), measured_on(stored)])


def comparisons(found: dict) -> Iterator[tuple[str, str, str, float]]:
    """(what was measured, against what, the goal, the share), from the benchmark's results by part."""
    one, many, words = found["one_pair"], found["many_pairs"], found["coloured_words"]
    pipeline = "transformers' `pipeline`"
    per_pair = one["predict"]["median"] / PAIRS_ALONE
    yield f"the verdict on one pair ({per_pair:.1f} ms)", pipeline, "0.80", one["predict"]["ratio"]
    bare = one["predict"]["median"] / one["bare"]["median"]
    yield "the verdict on one pair", "the bare forward pass", "1.15", bare
    batch = many["timings"]["predict_batch"]
    each = many["pairs"] / batch["median"] * 1000
    best = f"{pipeline} at its best batch size ({many['pipeline_batch']})"
    yield f"{many['pairs']:,} pairs ({each:,.0f} a second)", best, "0.40", batch["ratio"]
    limit = "its matrix products alone"
    yield "the same", limit, "near 1", 1 / many["share_of_matrix_limit"]
    recipe = f"Captum's recipe of {words['steps_of_recipe']} steps"
    gap = f"gap {words['completeness_gap']['ours']:.2%}, theirs {words['completeness_gap']['captum']:.2%}"
    yield f"integrated gradients ({gap})", recipe, "0.33", words["ratio"]
    for row in (found["pictures"][0], found["pictures"][-1]):
        if row["ratio"] is not None:
            pieces = f"all heads at {row['word_pieces']} word pieces ({row['ours_kilobytes']:,.0f} kB)"
            yield pieces, "BertViz's model view", "0.10", row["ratio"]
    if "start" in found:
        start = found["start"]["timings"]["app"]
        what = f"`python app.py` to the first verdict over HTTP ({start['median'] / 1000:.1f} s)"
        yield what, "importing torch, gradio and BERT alone", "1.25", start["ratio"]


FELT = (
    ("verdict", "Enter to the verdict painted", "40"),
    ("words", "Enter to the coloured words", "150"),
    ("head", "a press on a head to its heat map", "60"),
)


def waits(found: dict) -> Iterator[tuple[str, str, str, str]]:
    """(what is waited for, median, 95th percentile, goals), in milliseconds."""
    felt = found.get("browser", {})
    for name, what, goal in FELT:
        if name in felt:
            yield what, *both(felt[name]), goal
    if views := felt.get("views"):
        slowest = max(views, key=lambda name: views[name]["median_ms"])
        yield f"a view opened first, the slowest ({slowest.replace('_', ' ')})", *both(views[slowest]), "150"
    for name, what in (
        ("page", "the first picture of the page"),
        ("bare", "that of the barest Gradio page with a figure"),
    ):
        if opening := felt.get("opening"):
            yield (
                f"{what} ({opening[name]['kilobytes']:,.0f} kB)",
                f"{opening[name]['median_ms']:,.0f}",
                "",
                "",
            )
    if crowd := found.get("load"):
        told = f"with {crowd['visitors']} visitors for {crowd['seconds'] / 60:.0f} minutes"
        seconds = (crowd["verdict_p50_s"], crowd["verdict_p95_s"])
        yield f"the verdict {told}", *(f"{1000 * one:,.0f}" for one in seconds), "1,500 at 95 %"
        yield f"the coloured words {told}", "", f"{1000 * crowd['words_p95_s']:,.0f}", "5,000 at 95 %"


EXPERIMENTS = (
    ("patch_states", "patching every state"),
    ("patch_heads", "every head's output"),
    ("head_effects", "switching off each head"),
    ("value_zeroing", "value zeroing"),
)


def experiments(rows: list[dict]) -> str:
    [row] = [row for row in rows if row["word_pieces"] == 32]
    listed = ", ".join(f"{what} {row['timings'][name]['median']:.0f} ms" for name, what in EXPERIMENTS)
    trace = row["timings"]["trace"]["median"]
    longest = rows[-1]
    return (
        f"At 32 word pieces, where a trace takes {trace:.1f} ms: {listed}. Patching every state of "
        f"{longest['word_pieces']} word pieces takes {longest['timings']['patch_states']['median']:,.0f} ms."
    )


def both(times: dict) -> tuple[str, str]:
    return f"{times['median_ms']:,.0f}", f"{times['p95_ms']:,.0f}"


def growth(found: dict) -> Iterator[str]:
    """How time grows with the length of a pair, the number of pairs and that of visitors, a sentence each."""
    if rows := found.get("word_pieces"):
        first, last = rows[0], rows[-1]
        yield (
            f"From {first['word_pieces']} to {last['word_pieces']} word pieces a whole trace takes {first['trace_ms']:.1f} "
            f"to {last['trace_ms']:.0f} ms and holds up to {last['trace_megabytes']:.0f} MB: attention grows with the square."
        )
    if rows := found.get("experiments"):
        yield experiments(rows)
    if rows := found.get("pairs"):
        first, last = rows[0], rows[-1]
        yield (
            f"{first['pairs']:,} pairs are judged at {first['pairs_a_second']:,.0f} a second, {last['pairs']:,} at "
            f"{last['pairs_a_second']:,.0f}."
        )
    if rows := found.get("threads"):
        first, last = rows[0], rows[-1]
        yield (
            f"Alone, a visitor's verdict takes {first['wait_ms']:.0f} ms; when {last['visitors']} ask at once, "
            f"{last['wait_ms']:.0f} ms: the cores are shared, {last['verdicts_a_second']:,.0f} verdicts a second."
        )


def measured_on(stored: dict) -> str:
    """The machine, or which part was measured on which."""
    machines: dict[str, list[str]] = {}
    for name, part in stored.items():
        told = f"{part['machine']['hardware']}, torch {part['machine']['torch']}"
        machines.setdefault(told, []).append(name.replace("_", " "))
    if len(machines) == 1:
        return f"Measured on {next(iter(machines))}."
    return (
        "Measured on " + "; ".join(f"{told} ({', '.join(names)})" for told, names in machines.items()) + "."
    )


def speed_summary() -> str:
    """The four ratios that a user feels, in one sentence each."""
    stored = json.loads((ROOT / "assets" / "benchmark.json").read_text(encoding="utf-8"))
    results = {name: part["found"] for name, part in stored.items()}
    one, many, words = results["one_pair"], results["many_pairs"], results["coloured_words"]
    verdict = results["browser"]["verdict"]["median_ms"]
    return "\n".join(
        [
            f"- One verdict takes {one['predict']['median'] / PAIRS_ALONE:.0f} ms, {one['predict']['ratio']:.2f} of the time of "
            "transformers' `pipeline`.",
            f"- {many['pairs']:,} pairs take {many['timings']['predict_batch']['ratio']:.2f} of the pipeline's time at its best "
            "batch size.",
            f"- Integrated gradients take {words['ratio']:.2f} of the time of Captum's recipe with "
            f"{words['steps_of_recipe']} steps.",
            f"- From Enter to the painted verdict: {verdict:.0f} ms at the median.",
            "",
            measured_on(stored),
        ]
    )


def card_keys_table() -> str:
    return keys_table("what it sets", SETTINGS)


def card_actions_table() -> str:
    return keys_table("the card is done when", DONE)


def lesson_places_table() -> str:
    """Every name that a card can point to, read from the page's own markup."""
    import bertmini_demo
    from bertmini_demo.explain.analysis import Analysis
    from bertmini_demo.ui.components.lesson_places import places_in
    from bertmini_demo.ui.state import State
    from bertmini_demo.ui.views import VIEWS

    analysis, state = Analysis(bertmini_demo.load_model()), State("A man sleeps.", "A man is awake.")
    places = places_in((view.NAME, view.template(analysis, state)) for view in VIEWS)
    rows = ["| setting | names |", "| --- | --- |"]
    for setting, names in (
        ("`view`, `done: view`", places.views),
        ("`part`, `done: part`", places.parts),
        ("`figure`", places.figures),
        ("`figure` with `done: run`", places.runs),
        ("`done: option`", places.options),
    ):
        if names:
            rows.append(f"| {setting} | {', '.join(f'`{name}`' for name in names)} |")
    return "\n".join(rows)


def challenges_table() -> str:
    """The challenge pairs with their answers."""
    rows = ["| pair | expected | answer |", "| --- | --- | --- |"]
    for one in read_pairs(CHALLENGES):
        rows.append(f"| “{one.premise}” → “{one.hypothesis}” | {one.label} | {one.look_for} |")
    return "\n".join(rows)


def keys_table(heading: str, meanings: dict[str, str]) -> str:
    rows = [f"| key | {heading} |", "| --- | --- |"]
    return "\n".join([*rows, *(f"| `{key}` | {meaning} |" for key, meaning in meanings.items())])


TABLES = {
    README: {"accuracy": accuracy_table, "speed summary": speed_summary},
    SERVER: {"settings": settings_table, "endpoints": endpoints_table},
    BENCHMARK: {"speed": speed_table},
    LESSONS: {
        "card keys": card_keys_table,
        "card actions": card_actions_table,
        "places": lesson_places_table,
    },
    LESSON_PLAN: {"challenges": challenges_table},
}


def filled(path: Path) -> str:
    """A README file with every table as it should be."""
    text = path.read_text(encoding="utf-8")
    for name, table in TABLES[path].items():
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = block.subn(lambda match, table=table: f"{match[1]}\n{table()}\n\n{match[2]}", text)
        assert count == 1, name
    return text


if __name__ == "__main__":
    for path in TABLES:
        path.write_text(filled(path), encoding="utf-8")
