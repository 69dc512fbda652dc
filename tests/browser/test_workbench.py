"""The workbench in Chromium: a file is judged, a mistake opens, a refused file leaves nothing of the last one."""

import re

import pytest
from playwright.sync_api import expect

CSV = b"premise,hypothesis,label\nA man sleeps.,A man is awake.,entailment\nA dog runs.,An animal runs.,entailment\n"


@pytest.fixture
def workbench(visit, address):
    """Opens one tool of the workbench."""

    def open_tool(name: str, **more):
        page = visit(link=f"{address}?view=workbench", **more)
        page.get_by_role("button", name=name, exact=True).click()
        return page

    return open_tool


def upload(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "text/plain", "buffer": content}


def test_a_file_is_judged_a_mistake_opens_and_a_refused_file_leaves_nothing(workbench):
    page = workbench("Batch")
    result = page.locator("#batch-result")
    page.locator("#batch-file").set_input_files(upload("mine.csv", CSV))
    page.get_by_role("button", name="Judge these pairs").click()
    expect(result).to_contain_text("judged 2 pairs of mine.csv")
    expect(result.locator(".plot svg").first).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON lines").click()
    assert '"predicted_label": "contradiction"' in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="Open: A man sleeps. A man is awake.").click()
    expect(page.get_by_label("Hypothesis", exact=True)).to_have_value("A man is awake.")
    expect(page).to_have_url(re.compile("hypothesis="))
    expect(result).to_contain_text("mine.csv")  # the workbench keeps its result
    page.locator("#batch-file").set_input_files(upload("photo.csv", b"\x89PNG\r\n"))
    page.get_by_role("button", name="Judge these pairs").click()
    expect(page.locator("[data-bench=batch] [role=alert]")).to_contain_text("photo.csv")
    expect(result).to_be_empty()
    expect(page.get_by_role("button", name="JSON lines")).to_be_hidden()


def test_an_unknown_model_says_why_beside_its_field_and_the_page_keeps_its_own(workbench):
    page = workbench("Models")
    page.get_by_label("Model", exact=True).fill("no/such")
    page.get_by_role("button", name="Fetch and use").click()
    expect(page.locator("#use-model [role=alert]")).to_contain_text("not among the models")
    expect(page.locator("#model-line")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("model="))


def test_a_link_to_a_model_that_cannot_be_used_says_why_and_leads_back(visit, address):
    page = visit()
    page.goto(f"{address}?model=no/such")
    expect(page.locator("#model-line")).to_contain_text("not among the models")
    expect(page.locator("#hypothesis-error")).to_be_hidden()
    page.get_by_role("button", name="Back to the page’s own model").click()
    expect(page.locator("#model-line")).to_be_hidden()
    expect(page.locator("#pair-bar .piece[data-side]").first).to_be_visible()


def test_the_menu_saves_a_report_and_the_numbers(visit):
    page = visit()
    page.get_by_role("button", name="More").click()
    for name, part in (
        ("Report on this pair (HTML)", "<!DOCTYPE html>"),
        ("Numbers of this pair (CSV)", "attention"),
    ):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert part in download.value.path().read_text(encoding="utf-8")


def test_a_copy_is_trained_used_and_left_again(workbench):
    page = workbench("Train")
    rows = page.get_by_label("Pairs to learn from").input_value().splitlines()
    page.locator("#train-file").set_input_files(upload("rule.tsv", "\n".join(rows[:13]).encode()))
    expect(page.locator("#train-taken")).to_contain_text("The field holds 12 pairs of rule.tsv")
    page.get_by_label("Steps").fill("2")
    page.get_by_role("button", name="Train a copy").click()
    page.get_by_role("button", name="Use this copy").click()
    expect(page.locator("#model-line")).to_contain_text("your trained copy")
    expect(page.locator("#train-curves .plot svg").first).to_be_visible()
    expect(page).to_have_url(re.compile("model=copy-"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the copy").click()
    assert download.value.path().read_bytes().startswith(b"PK")
    page.reload()
    expect(page.locator("#model-line")).to_contain_text("your trained copy")
    expect(page.get_by_role("button", name="Use this copy")).to_be_visible()  # the outcome is found again
    page.get_by_role("button", name="Back to the page’s own model").click()
    expect(page).not_to_have_url(re.compile("model=copy-"))
