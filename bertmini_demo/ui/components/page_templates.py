"""HTML from the Jinja templates beside the code that fills them; whatever a reader typed comes out as text."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bertmini_demo.figures.naming import decimal, percent
from bertmini_demo.figures.rendering import label_name

ROOT = Path(__file__).resolve().parent.parent


@cache
def environment() -> Environment:
    """Templates are named by their path below ui/, such as "views/why/template.html"."""
    loaded = Environment(
        loader=FileSystemLoader([ROOT, ROOT / "components"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    loaded.filters.update(label_name=label_name, percent=percent, decimal=decimal)
    return loaded


def render(name: str, **values: object) -> Markup:
    """A filled template."""
    return Markup(environment().get_template(name).render(**values))
