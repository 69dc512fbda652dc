"""What the encoder starts from: three embeddings of each word piece, added and normalised, and the table of word
pieces.

BERT looks up a vector for the piece, one for its place and one for its segment, and adds them (Devlin et al. 2019,
figure 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bertmini_demo.inference import NLIModel
from bertmini_demo.model.encoding import is_special
from bertmini_demo.results import EncodedPair, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """The vectors of each position of a pair, all (tokens, hidden).

    Attributes:
        word, position, segment: rows of the three tables.
        total: their sum.
        normalised: the sum with mean 0 and variance 1, times the learnt gain, plus the learnt shift.
    """

    word: np.ndarray
    position: np.ndarray
    segment: np.ndarray
    total: np.ndarray
    normalised: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """A word piece near another one in the embedding table.

    Attributes:
        cosine: of the angle between the two vectors, from -1 to 1.
    """

    piece: str
    id: int
    cosine: float


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """The word pieces nearest to one.

    Attributes:
        nearest: by falling cosine; the piece itself, special and unused pieces are left out.
        typical: the mean cosine with all other pieces, to compare with.
    """

    piece: str
    nearest: tuple[Neighbour, ...]
    typical: float


def add_embeddings(model: NLIModel, pair: EncodedPair) -> Embeddings:
    """The three embeddings at each position, their sum, and the normalised sum, which is ``hidden_states[0]``."""
    tables, config = model.network.bert.embeddings, model.network.config
    word = as_array(tables.word_embeddings.weight)[pair.input_ids]
    position = as_array(tables.position_embeddings.weight)[: len(pair.tokens)]
    segment = as_array(tables.token_type_embeddings.weight)[pair.segments]
    total = word + position + segment
    spread = np.sqrt(total.var(axis=-1, keepdims=True) + config.layer_norm_eps)
    gain, shift = as_array(tables.LayerNorm.weight), as_array(tables.LayerNorm.bias)
    normalised = (total - total.mean(axis=-1, keepdims=True)) / spread * gain + shift
    return Embeddings(*map(frozen, (word, position.copy(), segment, total, normalised)))


def nearest_pieces(model: NLIModel, rows: Sequence[int], *, count: int = 10) -> list[Neighbourhood]:
    """The word pieces whose embeddings have the highest cosine with each given piece's.

    Args:
        rows: ids of the given pieces.
    """
    table = as_array(model.network.bert.embeddings.word_embeddings.weight)[: len(model.tokenizer)]
    pieces = model.tokenizer.convert_ids_to_tokens(list(range(len(table))))
    text = np.array([not is_special(piece) for piece in pieces])
    lengths = np.maximum(np.linalg.norm(table, axis=1).astype(np.float64), 1e-30)  # [PAD] may be all zeros
    neighbourhoods = []
    for row in rows:
        cosines = table @ table[row] / (lengths * lengths[row])
        others = text.copy()
        others[row] = False
        order = np.argsort(np.where(others, -cosines, np.inf), kind="stable")[: min(count, others.sum())]
        nearest = tuple(Neighbour(pieces[other], other, float(cosines[other])) for other in order.tolist())
        neighbourhoods.append(Neighbourhood(pieces[row], nearest, typical=float(cosines[others].mean())))
    return neighbourhoods


def as_array(weight) -> np.ndarray:
    """A weight of the network as float32; it shares the network's memory; do not write to it."""
    return weight.detach().numpy()
