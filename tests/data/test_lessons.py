"""Tours and pairs: what ships is whole and within its limits; a teacher's mistakes are reported by file and line."""

import re

import pytest

from bertmini_demo.data.examples import gallery
from bertmini_demo.data.lessons import (
    CHALLENGES,
    DONE,
    MAX_WORDS,
    MIN_WORDS,
    read_lessons,
    read_pairs,
    read_tour,
)
from bertmini_demo.errors import LessonError
from bertmini_demo.settings import ASSETS

PROSE = " ".join(["word"] * 25)
SHIPPED = read_lessons().tours
CARDS = [card for tour in SHIPPED for card in tour.cards]
each_card = pytest.mark.parametrize("card", CARDS, ids=[card.title for card in CARDS])


def write(folder, settings="done: word", *, prose=PROSE, do="do: Choose a word.", name="own.md"):
    path = folder / name
    path.write_text(f"# Own\n\n## Card\n{do}\n{settings}\nfigure: words\n\n{prose}\n", encoding="utf-8")
    return path


def test_three_tours_ship_each_with_a_summary():
    assert [tour.name for tour in SHIPPED] == ["bert", "is-attention-an-explanation", "learning"]
    assert all(4 <= len(tour.cards) <= 13 for tour in SHIPPED)
    assert all(tour.summary for tour in SHIPPED)
    assert all(len({card.title for card in tour.cards}) == len(tour.cards) for tour in SHIPPED)


@each_card
def test_each_card_is_short_and_asks_for_one_thing(card):
    words = re.findall(r"\S+", " ".join([*card.paragraphs, card.task]))
    assert MIN_WORDS <= len(words) <= MAX_WORDS
    assert len(re.findall(r"[.:?]", card.task)) <= 2
    assert card.done in DONE


@each_card
def test_no_card_rests_on_digits_or_on_a_verdict(card):
    """The checkpoint changes: what a card says must hold for any. Years of papers stay."""
    text = " ".join([card.title, *card.paragraphs, card.task])
    assert not re.search(r"\d\d", re.sub(r"\b20\d\d\b", "", text))
    assert card.done != "verdict"


def test_the_first_tour_names_every_stage_in_the_order_of_the_model():
    text = " ".join(" ".join(card.paragraphs) for card in SHIPPED[0].cards)
    stages = (
        "piece",
        "vector",
        "query",
        "This square",
        "several heads",
        "Each layer",
        "logits",
        "attribution",
    )
    places = [text.index(stage) for stage in stages]
    assert places == sorted(places)


def test_the_card_about_cls_shows_the_lines_of_cls():
    """The lines run into the chosen word; without one, into [CLS]."""
    (card,) = [card for card in SHIPPED[0].cards if card.title.startswith("[CLS]")]
    assert card.figure == "map"
    assert "word" not in card.place


def test_why_this_label_opens_on_the_verdict():
    for card in CARDS:
        if card.done == "label":
            assert "label" not in card.place


def test_a_card_says_where_the_page_goes(tmp_path):
    settings = (
        "premise: A dog runs.\nhypothesis: A cat runs.\nword: runs\nview: why\npart: head\nhead: 2-10\n"
        "label: neutral\nmethod: saliency\ndone: head 1-1"
    )
    (card,) = read_tour(write(tmp_path, settings)).cards
    assert card.place == {
        "pair": ("A dog runs.", "A cat runs."),
        "word": "runs",
        "view": "why",
        "part": "head",
        "head": (1, 9),
        "label": "neutral",
        "method": "saliency",
    }
    assert (card.done, card.target, card.figure) == ("head", (0, 0), "words")
    assert card.source.endswith("own.md, line 3")


@pytest.mark.parametrize(
    ("settings", "line", "message"),
    [
        ("done: word\nviews: why", 6, "no setting 'views'; did you mean 'view'"),
        ("done: word\npremise: A dog.", 3, "needs a line “hypothesis"),
        ("done: word\nword: dog", 6, "a word needs its pair"),
        ("done: word\npremise: A dog.\nhypothesis: A cat.\nword: ca", 8, "is neither in"),
        ("done: word\nhead: 3", 6, "'3' is not a head"),
        ("done: word\nhead: 0-1", 6, "'0-1' is not a head"),
        ("done: word\nlabel: maybe", 6, "label 'maybe' does not exist"),
        ("done: words", 5, "did you mean 'word'"),
        ("done: word dog", 5, "takes no 'dog'"),
        ("done: view", 5, "'view' needs a name"),
        ("done: option", 5, "'option' needs a name"),
        ("done: run x", 5, "takes no 'x'"),
        ("done: verdict maybe", 5, "'maybe' does not exist"),
        ("done: head x", 5, "'x' is not a head"),
        ("done: view why\nview: why", 5, "there is nothing left to do"),
    ],
)
def test_a_faulty_card_is_reported_by_file_and_line(tmp_path, settings, line, message):
    with pytest.raises(LessonError, match=rf"own\.md, line {line}: .*{re.escape(message)}"):
        read_tour(write(tmp_path, settings))


@pytest.mark.parametrize(("words", "advice"), [(MIN_WORDS - 4, "Say more"), (MAX_WORDS, "Make two cards")])
def test_a_card_too_short_or_long_is_reported(tmp_path, words, advice):
    with pytest.raises(LessonError, match=rf"line 3: “Card” has {words + 3} words .*{advice}"):
        read_tour(write(tmp_path, prose=" ".join(["word"] * words)))


def test_a_card_without_a_task_and_a_tour_without_cards_are_reported(tmp_path):
    with pytest.raises(LessonError, match=r"line 3: “Card” needs a line “do"):
        read_tour(write(tmp_path, do="label: neutral"))
    (tmp_path / "own.md").write_text("# Own\n", encoding="utf-8")
    with pytest.raises(LessonError, match=r"line 1: a tour needs at least one card"):
        read_tour(tmp_path / "own.md")


def test_a_teachers_lessons_come_first_and_replace_a_tour_of_the_same_name(tmp_path):
    write(tmp_path)
    write(tmp_path, name=f"{SHIPPED[1].name}.md")
    (tmp_path / "pairs.md").write_text(
        "# Mine\n\n## Rain\npremise: It rains.\nhypothesis: It is wet.\nlabel: entailment\n\nLook at wet.\n",
        encoding="utf-8",
    )
    lessons = read_lessons(tmp_path)
    assert [tour.name for tour in lessons.tours] == [SHIPPED[1].name, "own", SHIPPED[0].name, SHIPPED[2].name]
    assert lessons.tours[0].title == "Own"
    first, *others = lessons.pairs
    assert (first.group, first.name, first.premise, first.label) == (
        "Mine",
        "Rain",
        "It rains.",
        "entailment",
    )
    assert first.look_for == "Look at wet."
    assert tuple(others) == gallery()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# Mine\n", 1, "no pair in this file"),
        ("# Mine\n\n## Rain\npremise: It rains.\n", 3, "needs a line “hypothesis"),
        ("# Mine\n\n## Rain\npremise: a\nhypothesis: b\nlabel: yes\n", 6, "label 'yes' does not exist"),
    ],
)
def test_faulty_pairs_are_reported_by_file_and_line(tmp_path, text, line, message):
    (tmp_path / "pairs.md").write_text(text, encoding="utf-8")
    with pytest.raises(LessonError, match=rf"pairs\.md, line {line}: .*{message}"):
        read_lessons(tmp_path)


def test_a_folder_without_lessons_is_reported(tmp_path):
    with pytest.raises(LessonError, match="holds no lesson"):
        read_lessons(tmp_path)
    with pytest.raises(LessonError, match="is not a folder"):
        read_lessons(tmp_path / "nowhere")


def test_three_challenges_ship_with_their_answers():
    challenges = read_pairs(CHALLENGES)
    assert len(challenges) == 3
    assert all(len(one.look_for.split()) >= 15 for one in challenges)


def test_the_worked_examples_for_teachers_can_be_read(tmp_path):
    guide = (ASSETS / "lessons" / "README.md").read_text(encoding="utf-8")
    tour, pairs = re.findall(r"```markdown\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "negation.md").write_text(tour, encoding="utf-8")
    (tmp_path / "pairs.md").write_text(pairs, encoding="utf-8")
    lessons = read_lessons(tmp_path)
    assert [card.title for card in lessons.tours[0].cards] == [
        "The verdict without it",
        "The verdict with it",
    ]
    assert lessons.pairs[0].label == "neutral"
