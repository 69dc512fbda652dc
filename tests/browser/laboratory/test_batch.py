"""The tab Batch in a real browser, from the file taken in to the files given back."""

import csv
import json
import re

from playwright.sync_api import expect
from pressing import press_tab

ROWS = [
    ("A man is asleep.", "A man is awake.", "contradiction"),
    ("A dog is running.", "An animal is moving.", "entailment"),
    ("=A woman is <b>eating</b>.", "A woman is tall.", "neutral"),
] * 20


def test_from_a_file_to_verdicts_and_back_to_files(visit, tmp_path, shipped):
    path = tmp_path / "pairs.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("premise", "hypothesis", "label"), *ROWS, ("no pair",)])
    page = visit()
    press_tab(page, "Batch")
    page.set_input_files("#batch-file input[type=file]", path)
    expect(page.locator("#batch-file")).to_contain_text(re.compile(r"pairs\s*\.csv"))
    page.locator("#judge-batch").click()
    expect(page.locator("#batch-status")).to_contain_text("judged 60 pairs. 1 row could not be read.")
    expect(page.locator("#batch-status")).to_contain_text("Line 62: expected 3 cells, got 1")
    answers = shipped.predict_batch([(premise, hypothesis) for premise, hypothesis, _ in ROWS])
    right = sum(one.label == label for one, (*_, label) in zip(answers, ROWS, strict=True)) / len(ROWS)
    expect(page.locator("#batch-found")).to_contain_text(
        f"Of 60 pairs with a label the model gets {right:.1%}"
    )
    expect(page.locator("#batch-confusion .heatmaplayer image")).to_be_visible()
    found = {}
    for kind in ("csv", "jsonl"):
        with page.expect_download() as waiting:
            page.locator(f"#batch-{kind}").click()
        found[kind] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(found[kind])
    whole = list(map(json.loads, found["jsonl"].read_text(encoding="utf-8").splitlines()))
    assert [one.get("predicted_label") for one in whole] == [*(one.label for one in answers), None]
    with found["csv"].open(encoding="utf-8-sig", newline="") as file:
        assert [row["premise"][:2] for row in csv.DictReader(file)][2] == "'="
    if right < 1:
        page.locator("#batch-found [data-pair]").first.click()
        wrong = [row for one, row in zip(answers, ROWS, strict=True) if one.label != row[2]]
        premises = {row[0] for row in wrong}
        expect(page.locator("#sentences .sentences")).not_to_have_attribute("data-premise", "")
        page.wait_for_function(
            "all => all.includes(document.querySelector('#sentences .sentences').dataset.premise)",
            arg=sorted(premises),
        )
