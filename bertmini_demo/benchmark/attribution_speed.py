"""Integrated gradients against the recipe of Captum's documentation: LayerIntegratedGradients with 50 steps."""

import statistics

import torch

from bertmini_demo.attribution import attribute_pair
from bertmini_demo.benchmark.sample_pairs import mixed_pairs
from bertmini_demo.benchmark.timing import milliseconds
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.encoding import tensors
from bertmini_demo.results import EncodedPair

RECIPE_STEPS = 50


def coloured_words(model: NLIModel, *, pairs: int) -> dict:
    """Time and completeness gap of both ways, each pair once and both in turn.

    Returns:
        Medians over the pairs: milliseconds and completeness gap of each way, and the ratio of their times.
    """
    recipe = Recipe(model)
    encoded = [model.encode(*pair, limit=model.settings.page_word_pieces) for pair in mixed_pairs(pairs)]
    ways = {
        "captum": recipe.completeness_gap,
        "ours": lambda pair: attribute_pair(model, pair).completeness_gap,
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    gaps: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():  # Captum is imported with the first
        way(encoded[0])
    for pair in encoded:
        for name, way in ways.items():
            times[name].append(milliseconds(lambda: gaps[name].append(way(pair))))  # noqa: B023
    return {
        "pairs": len(encoded),
        "steps_of_recipe": RECIPE_STEPS,
        "milliseconds": {name: statistics.median(values) for name, values in times.items()},
        "completeness_gap": {name: statistics.median(values) for name, values in gaps.items()},
        "ratio": statistics.median(
            own / other for own, other in zip(times["ours"], times["captum"], strict=True)
        ),
    }


class Recipe:
    """What Captum's tutorial on BERT does: it hooks the network's embeddings, so never beside other threads."""

    def __init__(self, model: NLIModel) -> None:
        from captum.attr import LayerIntegratedGradients

        self.model = model
        self.explainer = LayerIntegratedGradients(self.logits, model.network.bert.embeddings)

    def logits(self, ids: torch.Tensor, segments: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(rows, tokens) word pieces, segments and attention mask -> (rows, labels) logits."""
        return self.model.network(input_ids=ids, token_type_ids=segments, attention_mask=mask).logits

    def completeness_gap(self, pair: EncodedPair) -> float:
        """Attributes the predicted label to the word pieces; how far their scores are from adding up."""
        inputs = tensors(pair)
        ids, others = inputs["input_ids"], (inputs["token_type_ids"], inputs["attention_mask"])
        special = torch.tensor([[token in self.model.tokenizer.all_special_tokens for token in pair.tokens]])
        absent = torch.where(special, ids, self.model.tokenizer.pad_token_id)
        with torch.no_grad():
            present_logits, absent_logits = (self.logits(given, *others)[0] for given in (ids, absent))
        target = int(present_logits.argmax())
        scores = self.explainer.attribute(
            ids, absent, additional_forward_args=others, target=target, n_steps=RECIPE_STEPS
        )
        change = (present_logits - absent_logits)[target].item()
        return abs(scores.sum().item() - change) / max(abs(change), 0.1)
