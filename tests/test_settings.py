"""Environment variables: applied, or refused by name, value and bound."""

import dataclasses

import pytest

from bertmini_demo.errors import DemoError
from bertmini_demo.settings import ASSETS, MIN_WORD_PIECES, Settings, from_environment, public_address

VARIABLES = {
    field.metadata["variable"]: field.name
    for field in dataclasses.fields(Settings)
    if field.metadata["variable"]
}
LISTS = ("BERTMINI_LABELS", "BERTMINI_VISITOR_MODELS")
NUMBERS = sorted(set(VARIABLES) - {"BERTMINI_MODEL", *LISTS})
COUNTS = sorted(set(NUMBERS) - {"BERTMINI_PAGE_WORD_PIECES"})
FROM_0 = ("BERTMINI_ALLOW_ANY_MODEL", "BERTMINI_THREADS", "BERTMINI_MCP")


def test_the_limits_are_those_the_readme_and_the_endpoints_promise():
    settings = Settings()
    assert settings.max_characters == 10_000
    assert settings.core_word_pieces == 512
    assert settings.page_word_pieces == 128
    assert settings.model is None


def test_an_empty_environment_gives_the_defaults():
    assert from_environment({}) == Settings()
    assert from_environment(dict.fromkeys(VARIABLES, "")) == Settings()


@pytest.mark.parametrize("variable", NUMBERS)
@pytest.mark.parametrize("text", ["5", "77", "0100"])
def test_each_variable_sets_its_own_field_and_no_other(variable, text):
    assert from_environment({variable: text}) == dataclasses.replace(
        Settings(), **{VARIABLES[variable]: int(text)}
    )


def test_the_model_may_be_any_name():
    assert from_environment({"BERTMINI_MODEL": "owner/name"}) == Settings(model="owner/name")


def test_all_variables_together_are_applied():
    settings = from_environment(dict.fromkeys(VARIABLES, "9"))
    assert {getattr(settings, name) for name in VARIABLES.values()} == {9, "9", ("9",)}


@pytest.mark.parametrize("variable", LISTS)
def test_lists_are_cut_at_commas(variable):
    settings = from_environment({variable: " owner/name,other/name ,,"})
    assert getattr(settings, VARIABLES[variable]) == ("owner/name", "other/name")


def test_visitors_may_choose_among_the_family_unless_the_operator_says_otherwise():
    assert "prajjwal1/bert-mini-mnli" in Settings().visitor_models
    assert not Settings().allow_any_model
    assert from_environment(dict.fromkeys(FROM_0, "0")) == Settings()


@pytest.mark.parametrize("variable", NUMBERS)
@pytest.mark.parametrize("text", ["-1", "1.5", "many", " 7", "1e3", "0x10", "²", "None"])
def test_what_is_no_number_above_0_is_refused_by_name_and_value(variable, text):
    with pytest.raises(DemoError) as caught:
        from_environment({variable: text})
    assert variable in str(caught.value)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("variable", sorted(set(NUMBERS) - set(FROM_0)))
def test_none_of_what_is_needed_is_refused(variable):
    with pytest.raises(DemoError, match=f"{variable} is '0'; it must be a whole number from"):
        from_environment({variable: "0"})


def test_the_page_must_leave_room_for_both_sentences():
    variable = "BERTMINI_PAGE_WORD_PIECES"
    assert from_environment({variable: str(MIN_WORD_PIECES)}).page_word_pieces == MIN_WORD_PIECES
    with pytest.raises(DemoError, match=f"from {MIN_WORD_PIECES} up"):
        from_environment({variable: str(MIN_WORD_PIECES - 1)})


@pytest.mark.parametrize("variable", COUNTS)
def test_one_is_enough_where_things_are_counted(variable):
    assert getattr(from_environment({variable: "1"}), VARIABLES[variable]) == 1


def test_other_variables_are_left_alone():
    assert from_environment({"BERTMINI_OTHER": "x", "PATH": "/bin", "model": "x"}) == Settings()


def test_the_process_environment_is_read_when_asked_not_at_import(monkeypatch):
    monkeypatch.setenv("BERTMINI_MAX_QUEUE", "3")
    assert from_environment().max_queue == 3


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().max_characters = 5


def test_each_setting_has_a_meaning_and_a_variable_of_the_projects_own():
    for field in dataclasses.fields(Settings):
        assert len(field.metadata["meaning"].split()) > 3
        variable = field.metadata["variable"]
        assert variable is None or variable == f"BERTMINI_{field.name.upper()}"


def test_assets_lie_beside_the_package():
    assert {"examples.json", "sure_pairs.json"} <= {file.name for file in ASSETS.iterdir()}


def test_a_space_knows_its_address_from_outside():
    assert public_address({"SPACE_HOST": "owner-name.hf.space"}) == "https://owner-name.hf.space/"
    assert public_address({}) == public_address({"SPACE_HOST": ""}) == ""
