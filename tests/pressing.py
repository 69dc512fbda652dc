"""How a reader gets to a tab."""

from playwright.sync_api import Page


def press_tab(page: Page, name: str) -> None:
    """Presses a tab, in the row or in the menu that takes what a narrow row has no room for."""
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.is_visible():
        tab.click()
    else:
        page.locator("#tabs .overflow-menu > button").click()
        page.locator("#tabs .overflow-dropdown").get_by_role("button", name=name).click()
