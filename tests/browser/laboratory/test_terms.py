"""Technical words tell what they mean, wherever they stand, and each method what it is."""

from playwright.sync_api import expect


def test_a_term_is_explained_on_hover_focus_and_tap(visit):
    page = visit()
    term = page.locator("#header .term").first
    meaning = page.locator("#meaning")
    expect(meaning).to_be_hidden()
    term.hover()
    expect(meaning).to_have_text(term.get_attribute("data-meaning"))
    page.mouse.move(5, 5)
    expect(meaning).to_be_hidden()
    term.focus()
    expect(meaning).to_be_visible()
    expect(term).to_have_attribute("aria-describedby", "meaning")
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    term.click()
    expect(meaning).to_be_visible()
    expect(meaning).to_be_in_viewport(ratio=1)


def test_the_note_of_a_method_is_unfolded_beside_its_picker(visit):
    page = visit()
    note = page.locator("#method-note")
    note.get_by_text("About this method").click()
    expect(note.locator("dd:visible")).to_have_count(5)
    before = note.locator("dd").first.inner_text()
    page.locator("#method input").click()
    page.get_by_role("option", name="Saliency").click()
    expect(note.locator("dd").first).not_to_have_text(before, timeout=60_000)
