"""Words before the first layer, and what becomes of them: pieces, gaps, embeddings, and change from layer to layer."""

from bertmini_demo.explain.analysis import Analysis
from bertmini_demo.explain.embeddings import add_embeddings, nearest_pieces
from bertmini_demo.explain.layer_similarity import cosine, merge_states
from bertmini_demo.explain.wordpiece_trace import read_words, replace_word
from bertmini_demo.figures.depth_curves import similarity_heatmap
from bertmini_demo.figures.embedding_strips import embedding_strips
from bertmini_demo.figures.naming import decimal, depth_name, percent
from bertmini_demo.results import HYPOTHESIS, EncodedPair
from bertmini_demo.ui.components.page_templates import render
from bertmini_demo.ui.questions import Question, Reply, card
from bertmini_demo.ui.state import State
from bertmini_demo.ui.views.how_it_decides import text
from bertmini_demo.ui.views.how_it_decides.head_answers import DETAIL, NAME, units_of

MAX_PIECES = 4  # drawn of one word


def current_word(pair: EncodedPair, word: int | None) -> int:
    """The chosen word; where none is, the last word of the hypothesis that is not punctuation."""
    if word is not None:
        return word
    letters = [
        index
        for index, one in enumerate(pair.words)
        if one.sentence == HYPOTHESIS and one.text[-1:].isalnum()
    ]
    return letters[-1] if letters else 0


def pieces(analysis: Analysis, state: State) -> Reply:
    """The pair as the model reads it."""
    pair = analysis.trace(*state.pair).pair
    readings = analysis.compute(read_words, *state.pair)
    return card(
        title="What does the model read?",
        says=text.pieces_says(pair, readings),
        html=render(
            "views/how_it_decides/pieces.html",
            pair=pair,
            words=list(zip(pair.words, readings, strict=True)),
            chosen=current_word(pair, state.word),
        ),
    )


def gap(analysis: Analysis, state: State) -> Reply:
    """The words that the masked-language model expects in the chosen word's place; each opens its pair."""
    pair = analysis.trace(*state.pair).pair
    word = current_word(pair, state.word)
    title = f"Which word is expected in place of “{pair.words[word].text}”?"
    if analysis.language_model is None:
        return card(
            title=title, says="This classifier comes without the masked-language model it grew from.", html=""
        )
    filled = analysis.language_model.fill(pair, word, whole_words=True)
    rows = [
        (candidate.piece, candidate.probability, list(replace_word(pair, word, candidate.piece)))
        for candidate in filled.candidates
    ]
    return card(
        title=title,
        says=text.gap_says(filled),
        html=render("views/how_it_decides/gap.html", rows=rows),
        table=(("Word", "Probability"), [(piece, percent(share)) for piece, share, _ in rows]),
    )


def embeddings(analysis: Analysis, state: State) -> Reply:
    """The three embeddings of a word, their sum, and the sum normalised."""
    pair = analysis.trace(*state.pair).pair
    word = pair.words[current_word(pair, state.word)]
    positions = list(word.positions[:MAX_PIECES])
    vectors = analysis.compute(add_embeddings, *state.pair)
    added = text.stacked(vectors)[positions]
    near = nearest_pieces(analysis.model, pair.input_ids[positions].tolist())
    names = [pair.tokens[position] for position in positions]
    return card(
        embedding_strips(added, vectors.normalised[positions], names),
        title=f"What is “{word.text}” before the first layer?",
        says=text.embedding_says(pair.tokens, positions[0], added[0], near[0]),
        table=(
            ("Most similar in the table of embeddings", "Cosine"),
            [(one.piece, decimal(one.cosine)) for one in near[0].nearest],
        ),
    )


def change(analysis: Analysis, state: State) -> Reply:
    """How similar each word's state stays to its embedding, layer by layer."""
    trace, units = analysis.trace(*state.pair), units_of(analysis, state)
    states = merge_states(trace.hidden_states, units.groups)
    similarity = cosine(states, states[:1])
    return card(
        similarity_heatmap(
            similarity, units.labels, measure="its embedding", chosen=units.first_row_of(state.word)
        ),
        title="How much does each layer change each word?",
        says=text.change_says(similarity, units.names),
        table=(
            ("Word", *(depth_name(depth) for depth in range(len(states)))),
            [
                (label, *(decimal(value, digits=3) for value in row))
                for label, row in zip(units.labels, similarity.T, strict=True)
            ],
        ),
    )


QUESTIONS = (
    Question(f"{NAME}.pieces", pieces, reads=("word",)),
    Question(f"{NAME}.gap", gap, reads=("word",)),
    Question(f"{NAME}.embeddings", embeddings, reads=("word",)),
    Question(f"{NAME}.change", change, reads=("word", *DETAIL)),
)
