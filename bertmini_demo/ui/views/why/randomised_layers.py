"""The sanity check: do the scores change once the model's layers are randomised?"""

from collections.abc import Iterator

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.randomization_check import SanityCheck, check_sanity
from bertmini_demo.explain.rank_correlation import chance_spread
from bertmini_demo.figures.faithfulness_curves import sanity_lines
from bertmini_demo.figures.naming import layer_name
from bertmini_demo.ui.components.pair_bar import ATTRIBUTION
from bertmini_demo.ui.questions import WORK_LANE, Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.why import text
from bertmini_demo.ui.views.why.compared_methods import NAME, question_of


def randomised(analysis: Analysis, state: State) -> Iterator[Reply]:
    """The rank agreement with the trained model's scores, as more of the model is randomised."""
    question = question_of(analysis, state) | {"method": state.method}
    layers = analysis.model.layers
    found: SanityCheck | None = analysis.cached(check_sanity, *state.pair, **question)
    if found is None:
        pair = analysis.trace(*state.pair).pair
        for found in check_sanity(analysis.model, pair, **question):
            yield {"progress": len(found.sizes) / found.places, "message": "randomising the next part"}
        analysis.store(found, check_sanity, *state.pair, **question)
    signed = [None] * len(found.sizes) if found.signed is None else found.signed
    names = ("As trained", "Classifier", "Pooler", *map(layer_name, reversed(range(layers))), "Embeddings")
    yield card(
        sanity_lines(found.sizes, found.signed, layers=layers, chance=chance_spread(found.words)),
        title="Do the scores depend on what the model learned?",
        says=text.randomised_says(found),
        table=(
            ("Randomised down to", "tau-b of sizes", "tau-b with signs"),
            [
                (name, text.signed_number(size), "" if sign is None else text.signed_number(sign))
                for name, size, sign in zip(names, found.sizes, signed, strict=True)
            ],
        ),
    )


QUESTIONS = (Question(f"{NAME}.randomised", randomised, reads=ATTRIBUTION, lane=WORK_LANE),)
