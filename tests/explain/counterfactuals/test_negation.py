"""Negation put in and taken away: common patterns come out right, and where no rule fits nothing comes out."""

import pytest

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.counterfactuals.english import BASES, PAST_OF, PASTS, THIRD_PERSONS, third_person
from bertmini_demo.explain.counterfactuals.negation import with_negation, without_negation
from bertmini_demo.explain.hans.probe import probe_pairs

NEGATION_ADDED = [
    ("The museum is open.", "The museum is not open."),
    ("Two dogs were running outside", "Two dogs were not running outside"),
    ("I am at home.", "I am not at home."),
    ("They're asleep.", "They're not asleep."),
    ("Every child in the class can swim.", "Every child in the class cannot swim."),
    ("The man in the garden will leave.", "The man in the garden will not leave."),
    ("A can of paint is open.", "A can of paint is not open."),
    ("There is a dog in the park.", "There is no dog in the park."),
    ("There are some dogs here.", "There are no dogs here."),
    ("There are two dogs here.", "There are not two dogs here."),
    ("The girl has been here.", "The girl has not been here."),
    ("The girl has wanted a puppy for years.", "The girl has not wanted a puppy for years."),
    ("The girl has a puppy.", "The girl does not have a puppy."),
    ("They had their reasons.", "They did not have their reasons."),
    ("The boy did his homework.", "The boy did not do his homework."),
    ("The boy does like soup.", "The boy does not like soup."),
    ("A man sleeps in the park.", "A man does not sleep in the park."),
    ("She carries a bag.", "She does not carry a bag."),
    ("Tomas eats a steak.", "Tomas does not eat a steak."),
    ("The boys play outside.", "The boys do not play outside."),
    ("People walk here.", "People do not walk here."),
    (
        "Lena forgot to lock the door before she left.",
        "Lena did not forget to lock the door before she left.",
    ),
    ("The teacher in a hat smiled.", "The teacher in a hat did not smile."),
]
NEGATION_REMOVED = [
    ("The museum is not open.", ["The museum is open."]),
    ("The museum isn't open.", ["The museum is open."]),
    ("The museum isn’t open.", ["The museum is open."]),
    ("I cannot swim.", ["I can swim."]),
    ("I can't swim and I won't try.", ["I can swim and I won't try.", "I can't swim and I will try."]),
    ("The man doesn't sleep.", ["The man sleeps."]),
    ("The man does not carry it.", ["The man carries it."]),
    ("He doesn't have a dog.", ["He has a dog."]),
    ("They don't sleep.", ["They sleep."]),
    ("Don't run!", ["Run!"]),
    ("They didn't stay.", ["They stayed."]),
    ("They did not go home.", ["They went home."]),
    ("They didn't hibernate.", ["They did hibernate."]),
    ("Nobody is in the office.", ["Somebody is in the office."]),
    ("No one has any money.", ["Someone has some money."]),
    ("She saw nothing.", ["She saw something."]),
    ("None of the lamps are on.", ["Some of the lamps are on."]),
    ("No dogs are allowed.", ["Some dogs are allowed."]),
    ("No animal is allowed.", ["An animal is allowed."]),
    ("There is no dog here.", ["There is a dog here."]),
    ("There is no water here.", ["There is some water here."]),
    ("Tomas never eats meat.", ["Tomas eats meat."]),
    ("He has never been here.", ["He has been here."]),
    ("Yuki drinks tea without sugar.", ["Yuki drinks tea with sugar."]),
    (
        "It is not true that nobody came.",
        ["It is true that nobody came.", "It is not true that somebody came."],
    ),
]


@pytest.mark.parametrize(("plain", "negated"), NEGATION_ADDED)
def test_a_negation_is_put_in(plain, negated):
    assert with_negation(plain).text == negated


@pytest.mark.parametrize(("negated", "plain"), NEGATION_REMOVED)
def test_each_negation_is_taken_away(negated, plain):
    assert [edit.text for edit in without_negation(negated)] == plain


@pytest.mark.parametrize(
    "text",
    [
        "Nobody is here.",
        "The dog isn't here.",
        "Is the dog here?",
        "Is the dog here",
        "The dog is here?",
        "Who is here?",
        "Run!",
        "A dog.",
        "The man called Sam slept.",
        "The dog found by the man barked.",
        "The will of the people.",
        "He is, of course, right.",
        "The dog is usually asleep.",
        "The walks tire him.",
        "狗在跑",
        "...",
        "",
    ],
)
def test_where_no_rule_fits_nothing_is_put_in(text):
    assert with_negation(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "The dog is here.",
        "Not all of the eggs are broken.",
        "He is not only tall.",
        "Nobody has ever been here.",
        "The dog isn't here yet.",
        "He doesn't like it at all.",
        "He left without looking.",
        "It is warm, isn't it?",
        "No, thanks.",
        "There is no longer a shop.",
        "He has no dog.",
        "Never have they met.",
        "Whether or not it rains.",
        "",
    ],
)
def test_where_no_rule_fits_nothing_is_taken_away(text):
    assert without_negation(text) == ()


def test_an_edit_names_the_words_before_and_after():
    assert with_negation("The dog is here.")[1:] == ("is", "is not")
    (edit,) = without_negation("The dog doesn't bark.")
    assert (edit.before, edit.after) == ("doesn't bark", "barks")


def test_what_is_put_in_can_be_taken_away_again():
    pairs = [*gallery(), *probe_pairs()]
    texts = {text for pair in pairs for text in (pair.premise, pair.hypothesis)}
    put_in = {text: edit.text for text in texts if (edit := with_negation(text)) is not None}
    assert len(put_in) > 500
    for plain, negated in put_in.items():
        assert plain in [edit.text for edit in without_negation(negated)], (plain, negated)
        assert with_negation(negated) is None


def test_each_form_of_a_verb_leads_to_one_base_form():
    assert len(THIRD_PERSONS) == len(BASES)
    assert all(PASTS[past] == base for base, past in PAST_OF.items())
    assert not PASTS.keys() & THIRD_PERSONS.keys()
    forms = {"watch": "watches", "carry": "carries", "play": "plays", "go": "goes", "have": "has"}
    assert all(third_person(base) == third for base, third in forms.items())
