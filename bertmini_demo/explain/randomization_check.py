"""Does an attribution depend on what the model has learned? Its layers are randomised, and the scores compared.

If an attribution depends on what the model learned, it should change. Passing is necessary, not sufficient: it does not
make an attribution right (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292; Yona and Greenfeld 2021, "Revisiting
sanity checks for saliency maps").
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from bertmini_demo.attribution import METHODS, score_pieces
from bertmini_demo.explain.methods.attribution_target import build_target, check_choice, output_weights
from bertmini_demo.explain.rank_correlation import kendall
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import EncodedPair, frozen

SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class SanityCheck:
    """How similar an attribution stays to the trained model's, as more of the model is randomised.

    Place 0 is the trained model; then the classifier is randomised, the pooler, the layers from the last to the
    first, and the embeddings. Arrays grow place by place until there are ``places`` of them.

    Attributes:
        places: how many there will be.
        words: how many words were compared.
        sizes: (places so far,) Kendall's tau-b with the trained model's scores, over absolute scores.
        signed: the same over the scores with their signs; None where the method is unsigned.
    """

    method: str
    target: str
    places: int
    words: int
    sizes: np.ndarray
    signed: np.ndarray | None


def check_sanity(
    model: NLIModel,
    pair: EncodedPair,
    *,
    method: str,
    target: str,
    output: str,
    baseline: str,
    seed: int = SEED,
) -> Iterator[SanityCheck]:
    """Repeats an attribution, each time with one more part of a copy of the network randomised; yields each time.

    Paper: Adebayo et al. 2018, "Sanity checks for saliency maps", https://arxiv.org/abs/1810.03292

    Args:
        method, target, output, baseline: see ``attribution.AttributionChoices``; the method takes fewer steps here,
            and the same draws each time. What is explained stays fixed by the trained model.
        seed: of the random weights.

    Raises:
        InputError: a choice that does not exist.
    """
    check_choice(method, METHODS, field="method")
    check_choice(target, model.labels, field="target")
    index = model.output_labels.index(target)
    weights = output_weights(model.batch_logits([pair])[0], index, output=output)
    other = copy.copy(model)
    other.network = copy.deepcopy(model.network)
    parts = parts_from_the_top(other.network)
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for part in (None, *parts):
        if part is not None:
            randomise(part, spread=model.network.config.initializer_range, generator=generator)
        explained = build_target(other, pair, weights=lambda _: weights, baseline=baseline)
        scores = score_pieces(explained, method=method, seed=seed, quick=True).scores
        rows.append((explained.members @ scores).numpy())
        sizes = _with_first(list(map(abs, rows)))
        signed = None if method == "saliency" else _with_first(rows)
        yield SanityCheck(method, target, len(parts) + 1, len(pair.words), sizes, signed)


def _with_first(rows: Sequence[np.ndarray]) -> np.ndarray:
    """(rows,) Kendall's tau-b of each row with the first."""
    return frozen(np.array([kendall(rows[0], scores) for scores in rows]))


def parts_from_the_top(network: nn.Module) -> list[nn.Module]:
    """The classifier, the pooler, the layers from the last to the first, the embeddings."""
    bert = network.bert
    return [network.classifier, bert.pooler, *reversed(bert.encoder.layer), bert.embeddings]


def randomise(part: nn.Module, *, spread: float, generator: torch.Generator) -> None:
    """Reinitialises a part: weights drawn at random, biases 0, layer norms the identity.

    The draws use their own generator: the library's initialisation uses the global one, which other threads share.

    Args:
        spread: standard deviation of the weights.
    """
    with torch.no_grad():
        for module in part.modules():
            if isinstance(module, nn.LayerNorm):
                module.weight.fill_(1)
                module.bias.zero_()
            elif isinstance(module, (nn.Linear, nn.Embedding)):
                module.weight.normal_(0, spread, generator=generator)
                if getattr(module, "bias", None) is not None:
                    module.bias.zero_()
