"""How a reader gets to a tab and to another pair, and stops what is at work."""

from playwright.sync_api import Page, expect


def press_tab(page: Page, name: str) -> None:
    """Presses a tab, in the row or in the menu that takes what a narrow row has no room for."""
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.is_visible():
        tab.click()
    else:
        page.locator("#tabs .overflow-menu > button").click()
        page.locator("#tabs .overflow-dropdown").get_by_role("button", name=name).click()


def settled(page: Page) -> None:
    """Waits until every figure of the open tab that has come is drawn: between two pictures there is none to be read."""
    busy = "[...document.querySelectorAll('.figure[aria-busy]')].some(block => block.getClientRects().length)"
    page.wait_for_function(f"!{busy}")


def press_and_stop(page: Page, run: str, *, seen: str, stop: str) -> None:
    """Presses a button, and another in the moment that something is seen: no reader is as quick, nor a test from outside.

    What the second button says from then on is in ``window.said``.
    """
    page.evaluate(
        """async ([run, seen, stop]) => {
            document.querySelector(run).click();
            while (!document.querySelector(seen)) await new Promise(requestAnimationFrame);
            const button = document.querySelector(stop);
            window.said = [];
            new MutationObserver(() => window.said.push(button.textContent.trim()))
              .observe(button, {subtree: true, childList: true, characterData: true});
            button.click();
        }""",
        [run, seen, stop],
    )


def ask(page: Page, hypothesis: str, premise: str | None = None) -> None:
    """Sets another hypothesis, or both sentences, and waits until the page shows that pair."""
    shown = page.locator("#sentences .sentences")
    if premise is not None:
        page.locator("#premise textarea").fill(premise)
    page.locator("#hypothesis textarea").fill(hypothesis)
    page.locator("#hypothesis textarea").press("Enter")
    expect(shown).to_have_attribute("data-hypothesis", hypothesis)
    if premise is not None:
        expect(shown).to_have_attribute("data-premise", premise)
