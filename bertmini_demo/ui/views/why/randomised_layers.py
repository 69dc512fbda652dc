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
    result: SanityCheck | None = analysis.cached(check_sanity, *state.pair, **question)
    if result is None:
        pair = analysis.trace(*state.pair).pair
        for result in check_sanity(analysis.model, pair, **question):
            yield {"progress": len(result.sizes) / result.places, "message": "randomising the next part"}
        analysis.store(result, check_sanity, *state.pair, **question)
    signed = [None] * len(result.sizes) if result.signed is None else result.signed
    names = ("As trained", "Classifier", "Pooler", *map(layer_name, reversed(range(layers))), "Embeddings")
    yield card(
        sanity_lines(result.sizes, result.signed, layers=layers, chance=chance_spread(result.words)),
        title="Do the scores depend on what the model learned?",
        says=text.randomised_says(result),
        table=(
            ("Randomised down to", "tau-b of sizes", "tau-b with signs"),
            [
                (name, text.signed_number(size), "" if sign is None else text.signed_number(sign))
                for name, size, sign in zip(names, result.sizes, signed, strict=True)
            ],
        ),
    )


QUESTIONS = (Question(f"{NAME}.randomised", randomised, reads=ATTRIBUTION, lane=WORK_LANE),)
