"""A link copied from one page opens the same place on another."""

from playwright.sync_api import Page, expect
from pressing import press_tab

from bertmini_demo.data.examples import gallery

PAIR = gallery()[1]
REFUSE = "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }"


def choose(page: Page) -> None:
    """Another pair, head, label, method, word and tab than the page opens with."""
    page.get_by_role("button", name=PAIR.name, exact=True).click()
    expect(page.locator("#hypothesis textarea")).to_have_value(PAIR.hypothesis)
    page.locator("#target").get_by_label("neutral").check()
    page.locator("#detail").get_by_label("Special tokens").check()
    page.get_by_label("Method", exact=True).click()
    page.get_by_role("option", name="Saliency").click()
    expect(page.locator("#strip")).to_contain_text("saliency")
    page.locator("#sentences [data-word='2']").click()
    press_tab(page, "Attention")
    page.get_by_label("Head", exact=True).click()
    page.get_by_role("option", name="Layer 2, head 1").click()
    expect(page.locator("#heatmap-says")).to_contain_text("Layer 2, head 1")


def shown_link(page: Page) -> str:
    """The link as it is shown where the clipboard is refused, which must have the focus and be selected."""
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_label("Copy this link:")
    expect(field).to_be_focused()
    text = field.input_value()
    assert field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == text
    return text


def test_a_link_opens_the_same_place_for_another_visitor(visit, address):
    page = visit()
    page.evaluate(REFUSE)
    choose(page)
    link = shown_link(page)
    assert link.startswith(f"{address}?premise=")
    other = visit(link=link)
    expect(other.get_by_role("tab", name="Attention")).to_have_attribute("aria-selected", "true")
    expect(other.locator("#hypothesis textarea")).to_have_value(PAIR.hypothesis)
    expect(other.locator("#sentences [data-word='2']")).to_have_attribute("aria-pressed", "true")
    expect(other.locator("#sentences .word.special").first).to_be_visible()
    expect(other.locator("#heatmap-says")).to_contain_text("Layer 2, head 1")
    expect(other.locator("#link-told p")).to_have_count(0)
    shares = page.locator("#verdict .share").all_inner_texts()
    assert other.locator("#verdict .share").all_inner_texts() == shares
    other.evaluate(REFUSE)
    assert shown_link(other) == link
    press_tab(other, "Why?")
    expect(other.locator("#strip")).to_contain_text("saliency")
    expect(other.locator("#strip")).to_contain_text("neutral")


def test_a_link_is_copied_where_the_browser_allows_it(visit, address):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#share output")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{address}?premise=")
    assert "&tab=why&" in copied
    expect(page.get_by_label("Copy this link:")).to_be_hidden()


def test_a_bad_link_opens_what_it_can_and_says_the_rest(visit, address):
    page = visit(link=f"{address}?tab=lime&layer=9&head=1&word=x&label=neutral&model=%3Cb%3Eold%3C/b%3E")
    told = page.locator("#link-told")
    for text in ("tab “lime”", "head 1 of layer 9", "word is “x”", "model “<b>old</b>”"):
        expect(told).to_contain_text(text)
    expect(page.locator("#target").get_by_label("neutral")).to_be_checked()
    expect(page.locator("#strip")).to_contain_text("neutral")
