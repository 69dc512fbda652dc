"""Attributions done by hand in plain torch and numpy, to compare the methods with."""

import itertools
import math

import numpy as np
import torch

from bertmini_demo.explain.methods.attribution_target import BASELINES
from bertmini_demo.model.encoding import tensors

PAIR = ("A man sleeps in the park.", "The dog is walking asleep.")


SHORT = ("A man sleeps", "no dogs")


PATH_METHODS = ("integrated_gradients", "gradient_shap")


WORD_METHODS = ("feature_ablation", "shapley_sampling")


GRADIENT_METHODS = ("saliency", "input_x_gradient")


RANDOM_METHODS = ("gradient_shap", "shapley_sampling")


class ByHand:
    """One output of a network for one pair, with words taken out by plain indexing."""

    def __init__(self, model, sentences=PAIR, *, target="neutral", output="logit", baseline=BASELINES[0]):
        self.pair = model.encode(*sentences)
        self.inputs = tensors(self.pair)
        self.network, self.output = model.network, output
        self.index = model.output_labels.index(target)
        others = {**model.predict(*sentences).logits, target: -math.inf}
        self.rival = model.output_labels.index(max(others, key=others.get))
        with torch.no_grad():
            words = model.network.bert.embeddings.word_embeddings
            vocabulary = model.tokenizer.get_vocab()
            self.present = words(self.inputs["input_ids"])[0]
            fillers = {name: words(torch.tensor(vocabulary[f"[{name.upper()}]"])) for name in ("pad", "mask")}
            fillers["zero"] = torch.zeros(1)
        self.filler = fillers[baseline]
        self.baseline = self.without(self.pair.words)
        self.change = self.value(self.present) - self.value(self.baseline)

    def without(self, words):
        embeddings = self.present.clone()
        for word in words:
            for position in word.positions:
                embeddings[position] = self.filler
        return embeddings

    def outputs(self, embeddings):
        segments = self.inputs["token_type_ids"]
        logits = self.network(
            inputs_embeds=embeddings,
            token_type_ids=segments.repeat(len(embeddings), 1),
            attention_mask=torch.ones_like(segments).repeat(len(embeddings), 1),
        ).logits
        return logits[:, self.index] - (logits[:, self.rival] if self.output == "margin" else 0)

    def value(self, embeddings):
        with torch.no_grad():
            return self.outputs(embeddings[None]).item()

    def gradients(self, embeddings):
        points = embeddings.clone().requires_grad_()
        self.outputs(points).sum().backward(inputs=[points])
        return points.grad

    def kept(self, words):
        return self.value(self.without([word for word in self.pair.words if word not in words]))


def all_subsets(hand):
    """Shapley values by the definition: every word with every subset of the others."""
    words = hand.pair.words
    exact = np.zeros(len(words))
    for place, word in enumerate(words):
        others = [other for other in words if other is not word]
        for size in range(len(words)):
            for before in itertools.combinations(others, size):
                share = math.factorial(size) * math.factorial(len(others) - size) / math.factorial(len(words))
                exact[place] += share * (hand.kept([*before, word]) - hand.kept(before))
    return exact
