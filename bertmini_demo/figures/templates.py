"""Jinja templates that lie beside the code that fills them; everything put into one is escaped."""

from functools import cache
from pathlib import Path
from typing import Any

import markupsafe
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

BRACES = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;"})


def escape(text: object) -> str:
    """Text made safe as HTML content and attribute value, and inert in JavaScript and Handlebars templates."""
    return str(markupsafe.escape(str(text))).translate(BRACES)


def render(template: Path, **values: Any) -> Markup:
    """Fills a template; text is escaped, results of ``render`` are not escaped again.

    Args:
        template: path of the file.
        values: what the template names; a missing one raises ``jinja2.UndefinedError``.
    """
    return Markup(_environment(template.parent).get_template(template.name).render(values))


def render_macro(template: Path, name: str, *values: Any) -> Markup:
    """Calls one macro of a template, without the line end that closes it; text is escaped as by :func:`render`."""
    macro = getattr(_environment(template.parent).get_template(template.name).module, name)
    return macro(*values).rstrip("\n")


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["n"] = _short
    return environment


def _short(number: float) -> str:
    """A length in a picture, to two decimals at most."""
    return f"{round(float(number), 2):g}"


def _inert(value: Any) -> Any:
    """Text that is also inert in the Handlebars and JavaScript templates of the page; markup as it is."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else Markup(escape(value))
