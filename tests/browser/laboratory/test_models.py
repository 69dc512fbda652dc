"""Two visitors of one server, each with a model of their own."""

import pytest
from conftest import write_tiny_checkpoint
from hub_server import running_hub
from playwright.sync_api import Page, expect
from pressing import press_tab
from serving import running_app

NAME, MISSING = "owner/other", "owner/missing"
LABELS = {0: "not_entailment", 1: "entailment"}
SIZES = {"num_hidden_layers": 5, "num_attention_heads": 4, "id2label": LABELS}
PATIENCE = 120_000  # milliseconds


@pytest.fixture(scope="module")
def served(browser, tmp_path_factory):  # noqa: ARG001 - first, so as not to start the app in vain
    """The app beside a Hub that has one more model, of other sizes and two labels."""
    folder = tmp_path_factory.mktemp("models")
    with running_hub() as hub:
        labels = {label: index for index, label in LABELS.items()}
        hub.models[NAME] = write_tiny_checkpoint(folder / "other", **SIZES, label2id=labels)
        variables = {
            "HF_ENDPOINT": hub.address,
            "HF_HUB_OFFLINE": "0",
            "HF_HUB_CACHE": str(folder / "cache"),
            "BERTMINI_VISITOR_MODELS": f"{NAME},{MISSING}",
            "BERTMINI_VISITORS": "2",
        }
        with running_app(folder / "log", **variables) as address:
            yield address


@pytest.fixture
def visitors(browser, served):
    """Opens the page for one more visitor."""
    contexts, faults = [], []

    def visit(query: str = "") -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{served}/laboratory{query}")
        page.wait_for_selector("#sentences .word[style]")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert faults == []


def choose(page: Page, name: str) -> None:
    if not page.locator("#model-name").is_visible():
        page.get_by_role("button", name="Use another model").click()
    page.locator("#model-name input").click()
    page.get_by_role("option", name=name).click()
    page.locator("#use-model").click()


def test_each_visitor_has_their_own_model_and_all_tabs_are_its_own(visitors, shipped):
    one, other = visitors(), visitors()
    choose(one, NAME)
    expect(one.locator("#header .model")).to_contain_text("5 layers, 4 heads", timeout=PATIENCE)
    expect(one.locator("#verdict .share")).to_have_count(2, timeout=PATIENCE)
    expect(one.locator("#target input")).to_have_count(3)
    press_tab(one, "Attention")
    expect(one.locator("#grid .heatmaplayer image")).to_have_count(20, timeout=PATIENCE)
    expect(one.locator("#rollout-depth input")).to_have_count(5)
    press_tab(one, "Layers")
    expect(one.locator("#stepper input[type=range]")).to_have_attribute("max", "5", timeout=PATIENCE)
    press_tab(one, "Model")
    expect(one.locator("#accuracy")).to_contain_text("brings no measurements", timeout=PATIENCE)
    expect(one.locator("#card")).to_contain_text(NAME)
    expect(other.locator("#header .model")).to_contain_text(f"{shipped.layers} layers")
    expect(other.locator("#verdict .share")).to_have_count(3)


def test_a_model_that_cannot_be_had_leaves_the_one_in_use(visitors, shipped):
    page = visitors()
    choose(page, MISSING)
    expect(page.locator("#model-told")).to_contain_text(
        "no such model. The model in use goes on.", timeout=PATIENCE
    )
    expect(page.locator("#header .model")).to_contain_text(f"{shipped.layers} layers")
    expect(page.locator("#verdict .share")).to_have_count(3)


def test_a_forgotten_page_says_so_and_opens_anew_with_what_is_typed(visitors, shipped):
    page = visitors()
    choose(page, NAME)
    expect(page.locator("#verdict .share")).to_have_count(2, timeout=PATIENCE)
    press_tab(page, "Attention")
    expect(page.locator("#grid .heatmaplayer image")).to_have_count(20, timeout=PATIENCE)
    for _ in range(2):  # as many as are remembered
        visitors()
    page.locator("#hypothesis textarea").fill("Nobody sleeps here at all.")
    page.locator("#analyze").click()
    expect(page.locator("#forgotten")).to_contain_text("The server has forgotten this page", timeout=PATIENCE)
    expect(page.locator("#verdict .share")).to_have_count(2)  # not another model's under this one's name
    expect(page.locator("#hypothesis textarea")).to_have_value("Nobody sleeps here at all.")
    page.get_by_role("button", name="Open it anew").click()
    expect(page.locator("#forgotten")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("#sentences")).to_contain_text("Nobody", timeout=PATIENCE)
    expect(page.get_by_role("tab", name="Attention", exact=True)).to_have_attribute("aria-selected", "true")
    expect(page.locator("#header .model")).to_contain_text(f"{shipped.layers} layers")
    expect(page.locator("#model-told")).to_contain_text(f"The link was made with {NAME}")


def test_a_link_asks_before_it_fetches(visitors, shipped):
    page = visitors(f"?model={NAME}")
    expect(page.locator("#model-told")).to_contain_text("Press the button", timeout=PATIENCE)
    expect(page.locator("#header .model")).to_contain_text(f"{shipped.layers} layers")
    expect(page.locator("#link-told")).to_contain_text(NAME)
    page.locator("#use-model").click()
    expect(page.locator("#header .model")).to_contain_text("5 layers", timeout=PATIENCE)
    expect(page.locator("#link-told p")).to_have_count(0)
