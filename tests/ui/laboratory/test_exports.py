"""Each button makes its file of what is at hand."""

import csv
import io
import json
from types import SimpleNamespace

import pytest

from bertmini_demo.data.examples import gallery
from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.ui.laboratory.exports import KINDS, packer

PAIR = (gallery()[0].premise, gallery()[0].hypothesis)
CHOICES = (None, [], "saliency", "verdict", "logit", "pad", "1-0")


@pytest.fixture(scope="module")
def pack(tiny):
    def make(kind):
        request = SimpleNamespace(headers={"referer": "http://127.0.0.1:7860/?premise=old"})
        return json.loads(packer(lambda _chosen: Analysis(tiny), kind)(None, *PAIR, "why", *CHOICES, request))

    return make


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_name_a_type_and_text(pack, kind):
    parcel = pack(kind)
    assert parcel["type"] == KINDS[kind]
    assert parcel["name"].endswith("html" if kind == "report" else kind)
    assert parcel["text"]


def test_the_files_are_what_they_are_called(pack):
    assert json.loads(pack("json")["text"])["premise"] == PAIR[0]
    rows = list(csv.DictReader(io.StringIO(pack("csv")["text"].removeprefix("\ufeff"), newline="")))
    assert PAIR[0] in [row["text"] for row in rows]


def test_the_report_tells_what_people_say_and_how_to_open_it_again(pack):
    text = pack("report")["text"]
    assert f"Expected: {gallery()[0].label}." in text
    assert 'href="http://127.0.0.1:7860/?premise=' in text
    assert "premise=old" not in text
