"""The tab Train in a real browser: from pasted pairs to a downloaded model, and a stop half-way."""

import time
import urllib.error
import urllib.request
import zipfile

from playwright.sync_api import Page, expect
from pressing import press_tab

import bertmini_demo

PATIENCE = 240_000  # milliseconds; training stands back behind all else
PASTED = "\n".join(
    f"The {who} is outside.\tThe {who} is {word}.\t{label}"
    for who in ("man", "woman", "boy", "girl", "dog")
    for word, label in (("zorb", "contradiction"), ("blick", "entailment"))
)


def open_train(page: Page) -> None:
    page.evaluate("document.querySelector('#tabs').scrollIntoView()")
    press_tab(page, "Train")
    expect(page.locator("#train-pairs")).to_contain_text("A man is washing a car.")


def set_steps(page: Page, steps: int) -> None:
    field = page.locator("#train-steps input[type=number]")
    field.fill(str(steps))
    field.press("Tab")


def gone(address: str) -> bool:
    """Whether a file is no longer served; asked for a while."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=60).close()
        except urllib.error.HTTPError as error:
            return error.code in (403, 404)
        time.sleep(1)
    return False


def test_from_pasted_pairs_to_a_downloaded_model(visit, tmp_path):
    page = visit()
    open_train(page)
    page.get_by_role("button", name="Paste pairs, or take a file").click()
    page.locator("#paste-pairs textarea").fill(f"{PASTED}\nno pair")
    page.locator("#put-pairs").click()
    expect(page.locator("#pairs-told")).to_contain_text("10 pairs of the pasted text are in the table.")
    expect(page.locator("#pairs-told")).to_contain_text("Left out: Line 11")
    expect(page.locator("#train-pairs")).to_contain_text("The man is zorb.")
    set_steps(page, 6)
    page.locator("#train-copy").click()
    expect(page.locator("#train-says")).to_contain_text("Done: 6 of 6 steps", timeout=PATIENCE)
    expect(page.locator("#train-outcome tbody tr").first).to_contain_text("Pairs it was trained on")
    page.wait_for_selector("#train-curves .scatterlayer .point")
    expect(page.locator("#train-pair .differences")).to_contain_text("your copy of BERT-mini, shipped")
    page.locator("#train-try").get_by_role("button", name="A pink dog is running.").click()
    expect(page.locator("#train-pair")).to_contain_text("pink")
    shown = page.locator("#train-pair .differences tbody td:last-child").all_inner_texts()
    with page.expect_download() as downloading:
        page.locator("#download-copy").click()
    downloading.value.save_as(tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as packed:
        packed.extractall(tmp_path)
    copied = bertmini_demo.load_model(str(tmp_path / "your-copy"))
    pair = (page.locator(f"#{name} textarea").input_value() for name in ("premise", "hypothesis"))
    told = [f"{share:.1%}" for share in copied.predict(*pair).probabilities.values()]
    assert [text.split()[0] for text in shown] == told
    page.close()
    assert gone(downloading.value.url)


def test_a_training_is_stopped_half_way_and_keeps_what_it_has_learnt(visit):
    page = visit()
    open_train(page)
    set_steps(page, 500)
    page.locator("#train-copy").click()
    expect(page.locator("#train-says progress")).to_be_visible()
    page.locator("#stop-training").click()
    expect(page.locator("#train-says")).to_contain_text("Stopped", timeout=PATIENCE)
    expect(page.locator("#train-copy")).to_be_enabled()
