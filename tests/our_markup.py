"""Reads markup of ours with a parser, and fails on any tag or attribute that is not ours."""

import re
from html.parser import HTMLParser

HOSTILE = (
    "<script>",
    "</button></p>",
    "<img src=x onerror=alert(1)>",
    '"onmouseover=alert(1) x="',
    "'onclick='alert(1)",
    "{{value}}",
    "{{{value}}}",
    "${alert(1)}",
    "`${alert(1)}`",
    "&amp;",
    "&lt;b&gt;",
    "&#60;",
    "<!--",
    "]]>",
    "javascript:alert(1)",
    "שלום\u202e",
    "🙂",
)


TEXT_TAGS = {"section", "div", "p", "span", "strong", "button", "bdi", "sup", "ul", "li", "dl", "dt", "dd"}


OUR_TAGS = TEXT_TAGS | {"details", "summary", "table", "thead", "tbody", "tr", "th", "td", "progress"}


OUR_ATTRIBUTES = {"class", "style", "title", "type", "scope", "aria-pressed", "aria-live"} | {
    *("data-word", "data-label", "data-premise", "data-hypothesis"),
    *("value", "max", "aria-label", "tabindex"),
}


class Element:
    """One tag as a parser sees it, with the text inside."""

    def __init__(self, tag, attributes):
        self.tag, self.attributes, self.text = tag, attributes, ""

    @property
    def classes(self):
        return (self.attributes.get("class") or "").split()

    @property
    def tint(self):
        """(red, green, blue) and opacity of the background; (None, 0.0) without one."""
        found = re.fullmatch(r"background: rgba\((.+),([\d.]+)\)", self.attributes.get("style", ""))
        return (found[1], float(found[2])) if found else (None, 0.0)


class Page(HTMLParser):
    """Every element in the order it opens; fails on markup that is not ours or does not nest."""

    def __init__(self, markup):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(markup)
        self.close()
        assert not self.open
        assert not set("{}$") & set(markup), "a template engine could read this"

    def handle_starttag(self, tag, attributes):
        assert tag in OUR_TAGS
        names = [name for name, _ in attributes]
        assert set(names) <= OUR_ATTRIBUTES
        assert len(names) == len(set(names))
        self.elements.append(Element(tag, dict(attributes)))
        self.open.append(self.elements[-1])

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag

    def handle_data(self, data):
        for element in self.open:
            element.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment

    def all(self, tag=None, *, kind=None):
        return [
            element
            for element in self.elements
            if tag in (None, element.tag) and (kind is None or kind in element.classes)
        ]

    def one(self, tag=None, *, kind=None):
        (element,) = self.all(tag, kind=kind)
        return element
