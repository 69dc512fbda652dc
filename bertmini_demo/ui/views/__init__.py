"""The views of the page, in order. A view is a folder; to add one, import its view.py here and list it.

Each view.py has NAME, TITLE, QUESTIONS and template(analysis) -> Markup; see "How to add a view" in bertmini_demo/README.md.
"""

from bertmini_demo.ui.views.how_it_decides import view as how_it_decides
from bertmini_demo.ui.views.trust import view as trust
from bertmini_demo.ui.views.what_if import view as what_if
from bertmini_demo.ui.views.why import view as why
from bertmini_demo.ui.views.workbench import view as workbench

VIEWS = (how_it_decides, why, what_if, trust, workbench)
