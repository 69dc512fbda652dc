"""What the page says once it is computed: every answer on odd pairs and small models, read for what an editor would mark."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from avoided_words import avoided_in
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo.ui.answers import Answers
from bertmini_demo.ui.page import build_answers
from bertmini_demo.ui.state import State

PAIRS = {
    "one word": ("yes", "no"),
    "equal": ("a man sleeps .", "a man sleeps ."),
    "other script": ("собака спит", "the dog sleeps 😴"),
    "repeats": ("the dog and the dog and the dog", "the dog sees the man"),
}
# Long work that other tests read, questions that need a visit, and the page's markup.
LEFT_OUT = ("workbench", "download", "trust.fresh_traps", "how_it_decides.map")
OF_THE_MODEL = ("trust.", "why.method", "why.baselines")
OF_THE_SHIPPED = (
    *("workbench.facts", "workbench.accuracy", "workbench.confusion", "workbench.record", "workbench.family"),
    *("how_it_decides.gap", "how_it_decides.tuning", "how_it_decides.plane"),  # with the pretrained model
)
TWO_LABELS = {0: "entailment", 1: "not_entailment"}

ONE = "pair|word|word piece|head|layer|point|variant|nat|logit|input|gradient|row|step|order|method|run|position|orders? of the word"
MANY = "|".join(f"{one}s" for one in ONE.split("|")[:-1])
FAULTS = {
    "two spaces": r"  ",
    "no space before the per cent sign": r"\d%",
    "a space that can break before the per cent sign": r"\d %",
    "a hyphen for a minus": r"(?<![\w\u0400-\u04ff.])-\d",
    "a sign on zero": r"[+−]0(\.0+)?(?![\d.])",
    "one of several": rf"(?<![\d.,])1 (?:{MANY})\b",
    "several of one": rf"(?<![\d.,])(?:[02-9]|\d{{2,}}) (?:{ONE})\b(?! piece)",
    "a special token in quotation marks": r"“\[[A-Z]+\]”",
    "no number": r"\bnan\b|\binf\b",
    "a name from the code": r"\b[a-z]+_[a-z]+",
    "a space before a point": r"[^\s“] [,.;:](?!\w|…)",
    "two points": r"(?<!\.)\.\.(?!\.)|,,|;;|: :",
    "a straight quotation mark": r"(?<!\\)\"",
    "brackets with nothing in them": r"\(\s*\)",
}


def faults_in(text: str) -> list[str]:
    """The names of the faults in one text."""
    return [name for name, pattern in FAULTS.items() if re.search(pattern, text)]


def plain(markup: str) -> list[str]:
    """The texts between tags, and those of labels."""
    labels = re.findall(r'(?:aria-label|title)="([^"]*)"', markup)
    parts = re.split(r"</?(?:p|li|td|th|h\d|tr|div|dt|dd|button|option|summary|label|select)\b[^>]*>", markup)
    texts = [re.sub(r"<[^>]+>", "", part) for part in parts]
    return [re.sub(r"[ \n]+", " ", html.unescape(text)).strip() for text in (*labels, *texts) if text.strip()]


def read_out(reply: dict) -> Iterator[tuple[str, str]]:
    """(place, text) of everything in an answer that is read as language; words of the pair and numbers are not."""
    for place in ("title", "says", "note", "without", "score"):
        if reply.get(place):
            yield place, reply[place]
    for note in reply.get("verdict", {}).get("notes", ()):
        yield "note", note
    for text in plain(reply.get("html") or ""):
        yield "html", text
    for heading in reply.get("table", {}).get("headings", ()):
        yield "heading", heading
    if "error" in reply:
        yield "error", reply["error"]["message"]
    if "figure" in reply:
        layout = json.loads(reply["figure"])["layout"]
        for axis in [name for name in layout if re.match(r"[xy]axis", name)]:
            yield "axis", re.sub(r"<[^>]+>", "", layout[axis].get("title", {}).get("text", ""))
            assert "%" not in layout[axis].get("tickformat", "")


def last_reply(answers: Answers, name: str, state: State) -> dict:
    *_, last = answers.answer(answers.questions[name], state)
    return json.loads(json.dumps(last))


@pytest.fixture(scope="module", params=["three labels", "two labels"])
def answers(request, tiny, tmp_path_factory):
    if request.param == "three labels":
        return build_answers(tiny)
    folder = write_tiny_checkpoint(
        tmp_path_factory.mktemp("two"),
        seed=3,
        id2label=TWO_LABELS,
        label2id={name: index for index, name in TWO_LABELS.items()},
    )
    return build_answers(bertmini_demo.load_model(str(folder)))


def marks(name: str, reply: dict) -> list[str]:
    """What an editor would mark in one answer. In markup the words of the pair stand apart, as word pieces do."""
    found = []
    for place, text in read_out(reply):
        wrong = [*faults_in(text), *avoided_in([text])]
        if place == "html":
            wrong = [one for one in wrong if one != "a space before a point"]
        if text.count("“") != text.count("”"):
            wrong.append("a quotation mark without the other")
        if place in ("says", "note", "error") and not re.search(r"[.?!”]$|: ", text):
            wrong.append("no point at the end")
        if place in ("title", "says") and text[0].islower():
            wrong.append("a small letter at the beginning")
        if place == "title" and text.endswith("."):
            wrong.append("a point at the end of a title")
        found += [f"{one}: {name}, {place}: {text}" for one in wrong]
    return found


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_what_is_said_about_a_pair_reads_well(answers, pair):
    state = State(*pair, word=0, layer=1, head=1, heads_off=((0, 0), (1, 1)))
    asked = [one.name for one in answers.questions.values() if one.pair and not one.name.startswith(LEFT_OUT)]
    assert len(asked) > 25
    assert [mark for name in asked for mark in marks(name, last_reply(answers, name, state))] == []


@pytest.mark.parametrize(
    "change",
    [
        {"word": None, "heads_off": ()},
        {"method": "saliency", "output": "margin"},
        {"method": "shapley_sampling", "heads_off": ((0, 1),)},
        {"pinned": ("a man .", "the dog runs ."), "options": {"direction": "into_this", "removal": "mean"}},
        {"options": {"show": "pieces", "special": "hidden", "word_removal": "mask", "lines": "difference"}},
    ],
    ids=lambda change: " ".join(change),
)
def test_what_is_said_after_other_choices_reads_well(answers, change):
    state = replace(State("the dog sleeps .", "the man walks in the park ."), **change)
    reads = {*change, *change.get("options", {})}
    asked = [
        one.name
        for one in answers.questions.values()
        if one.pair and reads & set(one.reads) and not one.name.startswith(LEFT_OUT[:2])
    ]
    assert asked
    assert [mark for name in asked for mark in marks(name, last_reply(answers, name, state))] == []


def test_what_is_said_about_the_model_that_ships_reads_well(shipped):
    answers = build_answers(shipped)
    state = State("A man sleeps.", "A man is awake.", word=1)
    asked = [
        name
        for name in answers.questions
        if name in OF_THE_SHIPPED or (name.startswith(OF_THE_MODEL) and not name.startswith(LEFT_OUT))
    ]
    assert [mark for name in asked for mark in marks(name, last_reply(answers, name, state))] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("It says so  twice.", "two spaces"),
        ("It has 93% there.", "no space before the per cent sign"),
        ("It has 93 % there.", "a space that can break before the per cent sign"),
        ("It is -0.5 there.", "a hyphen for a minus"),
        ("It changes by −0.0 points.", "a sign on zero"),
        ("It has 1 words.", "one of several"),
        ("It has 2 word.", "several of one"),
        ("“[CLS]” gets most.", "a special token in quotation marks"),
        ("It is nan.", "no number"),
        ("It predicts not_entailment.", "a name from the code"),
        ("It predicts this .", "a space before a point"),
        ("It predicts this..", "two points"),
        ('It predicts "this".', "a straight quotation mark"),
        ("It predicts this ().", "brackets with nothing in them"),
    ],
)
def test_each_fault_is_noticed(text, fault):
    assert faults_in(text) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        "Of 16 heads, 1 attends mostly to [CLS]; “.” gets −0.25 (<1\u00a0%).",
        "Its entropy is 1.0 nats, and 0.5 points are left … as here.",
    ],
)
def test_what_is_right_is_left_alone(text):
    assert faults_in(text) == []
