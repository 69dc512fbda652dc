"""Jinja templates that lie beside the code that fills them; everything put into one is escaped."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bertmini_demo.figures.rendering import escape


def render(template: Path, **values: Any) -> Markup:
    """Fills a template; text is escaped, results of ``render`` are not escaped again.

    Args:
        template: path of the file.
        values: what the template names; a missing one raises ``jinja2.UndefinedError``.
    """
    return Markup(_environment(template.parent).get_template(template.name).render(values))


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
