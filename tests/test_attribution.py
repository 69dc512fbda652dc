"""Attributions against the same sums done by hand in plain torch and numpy."""

import itertools
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo import attribution
from bertmini_demo.attribution import METHODS, attribute, attribute_pair, score_pieces
from bertmini_demo.errors import InputError
from bertmini_demo.explain.methods import attribution_target, gradient_scores, integrated_gradients
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS, build_target
from bertmini_demo.explain.methods.word_removal_scores import antithetic_permutations
from bertmini_demo.model.encoding import tensors
from bertmini_demo.results import LABELS

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


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("method", ["integrated_gradients", "shapley_sampling"])
def test_scores_add_up_to_the_change_from_the_baseline(model, method, output, baseline, monkeypatch):
    monkeypatch.setattr(attribution, "PERMUTATION_PAIRS", 1)  # any number adds up
    found = attribute(model, *PAIR, method=method, target="neutral", output=output, baseline=baseline)
    change = ByHand(model, output=output, baseline=baseline).change
    gap = abs(found.scores.sum() - change) / max(abs(change), 0.1)
    assert found.completeness_gap == pytest.approx(gap, abs=1e-4)
    assert gap < (0.02 if method == "integrated_gradients" else 1e-4)


def test_the_baseline_is_the_pair_with_other_ids(model, monkeypatch):
    monkeypatch.setattr(attribution, "PERMUTATION_PAIRS", 1)
    by_ids = tensors(model.encode(*PAIR))
    inside = ~torch.tensor(model.encode(*PAIR).special)
    by_ids["input_ids"][:, inside] = model.tokenizer.mask_token_id
    with torch.no_grad():
        expected = model.network(**tensors(model.encode(*PAIR))).logits - model.network(**by_ids).logits
    for target, change in zip(model.output_labels, expected[0].tolist(), strict=True):
        found = attribute(model, *PAIR, method="shapley_sampling", target=target, baseline="mask")
        assert found.scores.sum() == pytest.approx(change, abs=1e-4)


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("output", OUTPUTS)
def test_integrated_gradients_is_the_integral_of_the_gradient(model, output, baseline, monkeypatch):
    monkeypatch.setattr(gradient_scores, "ENOUGH_GAP", 1e-4)
    found = attribute(model, *PAIR, target="neutral", output=output, baseline=baseline)
    hand = ByHand(model, output=output, baseline=baseline)
    way = hand.present - hand.baseline
    nodes, weights = (torch.tensor(part).float() for part in np.polynomial.legendre.leggauss(160))
    places, shares = (nodes[:, None, None] + 1) / 2, weights[:, None, None] / 2  # from [-1, 1] to [0, 1]
    average = (shares * hand.gradients(hand.baseline + places * way)).sum(dim=0)
    np.testing.assert_allclose(found.scores, (average * way).sum(dim=1), atol=2e-3)


def test_more_points_are_taken_until_the_gap_is_small(model, monkeypatch):
    monkeypatch.setattr(integrated_gradients, "POINTS", 2)
    steps, gaps = [], []
    for enough in (np.inf, 0.01, 1e-4):
        monkeypatch.setattr(gradient_scores, "ENOUGH_GAP", enough)
        found = attribute(model, *PAIR)
        steps.append(found.steps)
        gaps.append(found.completeness_gap)
    assert steps[0] <= steps[1] < steps[2]
    assert gaps[1] < 0.01
    assert gaps[2] < 2e-4  # the parts' own sums are rounded


@pytest.mark.parametrize("output", OUTPUTS)
def test_gradient_methods_equal_autograd_by_hand(model, output):
    hand = ByHand(model, output=output)
    gradient = hand.gradients(hand.present[None])[0]
    expected = {
        "saliency": gradient.square().sum(dim=1).sqrt(),
        "input_x_gradient": (gradient * hand.present).sum(dim=1),
    }
    for method in GRADIENT_METHODS:
        found = attribute(model, *PAIR, method=method, target="neutral", output=output)
        np.testing.assert_allclose(found.scores, expected[method], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("output", OUTPUTS)
def test_feature_ablation_equals_one_forward_pass_a_word(model, output, baseline):
    found = attribute(
        model, *PAIR, method="feature_ablation", target="neutral", output=output, baseline=baseline
    )
    hand = ByHand(model, output=output, baseline=baseline)
    expected = [hand.value(hand.present) - hand.value(hand.without([word])) for word in hand.pair.words]
    np.testing.assert_allclose(found.word_scores, expected, atol=1e-5)


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


@pytest.mark.parametrize("output", OUTPUTS)
def test_shapley_values_of_a_short_pair_are_those_over_all_subsets(model, output):
    found = attribute(
        model, *SHORT, method="shapley_sampling", target="neutral", output=output, baseline="mask"
    )
    np.testing.assert_allclose(
        found.word_scores, all_subsets(ByHand(model, SHORT, output=output, baseline="mask")), atol=1e-5
    )
    assert found.steps == 2 ** len(found.pair.words)
    assert not found.standard_errors.any()


def test_shapley_sampling_approaches_the_values_over_all_subsets(tiny, monkeypatch):
    monkeypatch.setattr(attribution, "MAX_EXACT_WORDS", 0)
    exact = all_subsets(ByHand(tiny, SHORT))
    errors = {}
    for pairs in (1, 200):
        monkeypatch.setattr(attribution, "PERMUTATION_PAIRS", pairs)
        found = attribute(tiny, *SHORT, method="shapley_sampling", target="neutral")
        errors[pairs] = np.abs(found.word_scores - exact).max()
    assert errors[200] < min(0.02 * np.abs(exact).max(), 0.3 * errors[1])


@pytest.mark.parametrize("method", RANDOM_METHODS)
def test_the_standard_error_is_the_spread_over_seeds(tiny, method, monkeypatch):
    """Root mean squares over the words: what is stated from one run, beside what many runs show."""
    monkeypatch.setattr(attribution, "MAX_EXACT_WORDS", 0)
    runs = [attribute(tiny, *PAIR, method=method, target="neutral", seed=seed) for seed in range(40)]
    stated = np.sqrt(np.mean([run.standard_errors**2 for run in runs]))
    seen = np.sqrt(np.var([run.word_scores for run in runs], axis=0, ddof=1).mean())
    assert 0.75 < stated / seen < 1.6
    assert not runs[0].standard_errors.flags.writeable


def test_the_noise_of_gradient_shap_is_a_twentieth_of_the_path(tiny, monkeypatch):
    points = []
    monkeypatch.setattr(
        gradient_scores, "gradient", lambda _, inputs: points.append(inputs) or torch.zeros_like(inputs)
    )
    monkeypatch.setattr(attribution, "SAMPLES", 400)
    attribute(tiny, *SHORT, method="gradient_shap", seed=3)
    hand = ByHand(tiny, SHORT)
    shares = (torch.arange(400) + torch.rand(400, generator=torch.Generator().manual_seed(3))) / 400
    path = hand.present - hand.baseline
    noise = (torch.cat(points) - hand.baseline) / shares[:, None, None] - path  # (samples, tokens, hidden)
    inside = ~torch.tensor(hand.pair.special)
    spread = noise[:, inside].std(dim=(0, 2)) / path[inside].std(dim=1)
    np.testing.assert_allclose(spread, 0.05, rtol=0.05)


@pytest.mark.parametrize("method", METHODS)
def test_the_costs_are_those_of_the_run(tiny, method):
    inputs = []
    hook = tiny.network.bert.embeddings.register_forward_pre_hook(
        lambda _, __, given: inputs.append(given.get("inputs_embeds")), with_kwargs=True
    )
    found = attribute(tiny, *PAIR, method=method)
    hook.remove()
    rows = [given for given in inputs if given is not None]  # the verdict before it reads ids
    gradients = [given for given in rows if given.requires_grad]
    assert found.inputs == sum(map(len, rows))
    assert found.gradients == sum(map(len, gradients))


@pytest.mark.parametrize("baseline", BASELINES)
def test_what_the_model_predicts_at_the_baseline_is_reported(model, baseline):
    found = attribute(model, *PAIR, method="feature_ablation", baseline=baseline)
    hand = ByHand(model, baseline=baseline)
    with torch.no_grad():
        logits = model.network(
            inputs_embeds=hand.baseline[None], **{k: v for k, v in hand.inputs.items() if k != "input_ids"}
        ).logits[0]
    expected = dict(zip(model.output_labels, logits.softmax(dim=0).tolist(), strict=True))
    assert list(found.baseline_probabilities) == list(model.labels)
    assert found.baseline_probabilities == pytest.approx(expected, abs=1e-5)
    assert found.baseline_label == max(expected, key=expected.get)
    without = attribute(model, *PAIR, method="saliency", baseline=baseline)
    assert (without.baseline, without.baseline_probabilities, without.baseline_label) == (None, None, None)


@pytest.mark.parametrize("count", [1, 4, 5])
def test_every_second_order_is_the_one_before_it_reversed(count):
    orders = list(antithetic_permutations(6, count, generator=torch.Generator().manual_seed(0)))
    assert [sorted(order) for order in orders] == [list(range(6))] * count
    for there, back in zip(orders[::2], orders[1::2], strict=False):
        assert back == there[::-1]
    assert len({tuple(order) for order in orders}) == count


def test_gradient_shap_without_noise_approaches_integrated_gradients(model, monkeypatch):
    monkeypatch.setattr(gradient_scores, "NOISE", 0.0)
    monkeypatch.setattr(attribution, "SAMPLES", 512)
    found = attribute(model, *PAIR, method="gradient_shap")
    expected = attribute(model, *PAIR).scores  # itself within 1 % of the whole
    np.testing.assert_allclose(found.scores, expected, atol=0.03 * np.abs(expected).max())


def test_gradient_shap_averages_over_noisy_ends_of_the_path(tiny, monkeypatch):
    """A large noise, so that leaving it out shows, and twice as many draws, of its own."""
    monkeypatch.setattr(gradient_scores, "NOISE", 1.0)
    monkeypatch.setattr(attribution, "SAMPLES", 4096)
    hand = ByHand(tiny, SHORT, baseline="mask")
    draws = np.random.default_rng(1)
    spread = (hand.present - hand.baseline).std(dim=1, keepdim=True)
    total = torch.zeros(len(hand.present))
    for _ in range(8):
        noise = torch.tensor(draws.normal(size=(1024, *hand.present.shape)), dtype=torch.float32)
        ways = hand.present + spread * noise - hand.baseline
        points = hand.baseline + torch.tensor(draws.uniform(size=(1024, 1, 1)), dtype=torch.float32) * ways
        total += (ways * hand.gradients(points)).sum(dim=(0, 2)) / 8192
    found = attribute(tiny, *SHORT, method="gradient_shap", target="neutral", baseline="mask").scores
    calm = attribute(tiny, *SHORT, target="neutral", baseline="mask").scores
    error = np.abs(found - total.numpy()).max()
    assert error < 0.25 * np.abs(calm - total.numpy()).max()


@pytest.mark.parametrize("method", METHODS)
def test_what_is_reported(tiny, method):
    found = attribute(tiny, *PAIR, method=method, output="margin", baseline="mask")
    assert (found.method, found.output) == (method, "margin")
    assert found.target == tiny.predict(*PAIR).label
    assert found.tokens == tiny.encode(*PAIR).tokens
    assert found.scores.shape == (len(found.tokens),)
    assert not found.scores.flags.writeable
    assert found.signed is (method != "saliency")
    assert (found.scores < 0).any() == found.signed
    assert found.baseline == (None if method in GRADIENT_METHODS else "mask")
    steps = {"integrated_gradients": 10, "gradient_shap": 32, "shapley_sampling": 24}
    assert found.steps == steps.get(method)
    assert (found.completeness_gap is None) == (method not in steps)
    assert (found.standard_errors is None) == (method not in RANDOM_METHODS)
    assert 0 < found.seconds < 60


@pytest.mark.parametrize(
    ("method", "few"), [("integrated_gradients", 10), ("gradient_shap", 6), ("shapley_sampling", 4)]
)
def test_a_quick_answer_is_a_rough_one(tiny, method, few):
    weights = torch.tensor([float(label == "neutral") for label in tiny.output_labels])
    explained = build_target(tiny, tiny.encode(*PAIR), weights=lambda _: weights, baseline="mask")
    rough = score_pieces(explained, method=method, seed=0, quick=True)
    thorough = attribute(tiny, *PAIR, method=method, target="neutral", baseline="mask")
    assert rough.steps == few
    assert np.corrcoef(rough.scores, thorough.scores)[0, 1] > 0.8


@pytest.mark.parametrize("method", METHODS)
def test_pieces_add_up_to_their_word(model, method):
    found = attribute(model, "The zzyzx is asleep.", "No dog is walking", method=method)
    sums = [sum(found.scores[position] for position in word.positions) for word in found.pair.words]
    np.testing.assert_allclose(found.word_scores, sums, rtol=1e-5)
    assert max(len(word.positions) for word in found.pair.words) > 1
    if method in WORD_METHODS:
        for word in found.pair.words:
            assert len({found.scores[position] for position in word.positions}) == 1


@pytest.mark.parametrize("method", [*PATH_METHODS, *WORD_METHODS])
def test_special_tokens_are_never_absent_and_score_nothing(model, method):
    found = attribute(model, *PAIR, method=method)
    special = np.array(found.pair.special)
    assert (found.scores[special] == 0).all()
    assert (found.scores[~special] != 0).all()


def test_the_order_of_the_outputs_is_the_checkpoints_own(tiny, tmp_path):
    order = {0: "contradiction", 1: "entailment", 2: "neutral"}
    turned = bertmini_demo.load_model(
        str(write_tiny_checkpoint(tmp_path, id2label=order, label2id={v: k for k, v in order.items()}))
    )
    for index, target in order.items():
        expected = attribute(tiny, *PAIR, target=LABELS[index], method="feature_ablation").scores
        found = attribute(turned, *PAIR, target=target, method="feature_ablation").scores
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("method", METHODS)
def test_batches_are_bounded_and_change_nothing(tiny, method, monkeypatch):
    expected = attribute(tiny, *PAIR, method=method)
    monkeypatch.setattr(attribution_target, "PIECES_PER_PASS", 4 * len(expected.tokens))
    rows = []
    hook = tiny.network.bert.embeddings.register_forward_pre_hook(
        lambda _, __, inputs: rows.append(len(inputs["token_type_ids"])), with_kwargs=True
    )
    found = attribute(tiny, *PAIR, method=method)
    hook.remove()
    assert max(rows) == (2 if method in GRADIENT_METHODS else 4)  # the pair and its baseline
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-5)


@pytest.mark.parametrize("method", RANDOM_METHODS)
def test_the_seed_decides_what_is_drawn(tiny, method):
    first, again, other = (attribute(tiny, *PAIR, method=method, seed=seed).scores for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("method", METHODS)
def test_nothing_shared_is_changed(tiny, method):
    def state():
        hooks = [
            (name, len(module._forward_hooks), len(module._forward_pre_hooks), len(module._backward_hooks))
            for name, module in tiny.network.named_modules()
        ]
        weights = [(weight.requires_grad, weight.clone()) for weight in tiny.network.parameters()]
        return hooks, weights, torch.get_rng_state(), np.random.get_state()[1:3]

    hooks, weights, torch_draws, numpy_draws = state()
    with torch.no_grad():
        found = attribute(tiny, *PAIR, method=method)
    hooks_after, weights_after, torch_draws_after, numpy_draws_after = state()
    assert np.isfinite(found.scores).all()
    assert hooks_after == hooks
    assert torch.equal(torch_draws_after, torch_draws)
    assert np.array_equal(numpy_draws_after[0], numpy_draws[0])
    assert numpy_draws_after[1] == numpy_draws[1]
    assert all(weight.grad is None for weight in tiny.network.parameters())
    for (needs, before), (needs_after, after) in zip(weights, weights_after, strict=True):
        assert needs == needs_after
        assert torch.equal(before, after)


@pytest.mark.parametrize("method", METHODS)
def test_eight_threads_answer_as_one_and_disturb_no_prediction(tiny, method, monkeypatch):
    monkeypatch.setattr(attribution, "PERMUTATION_PAIRS", 4)
    sentences = [PAIR, SHORT, PAIR[::-1], ("The cat is awake", "A cat was not in the park")]
    alone = [attribute(tiny, *pair, method=method).scores for pair in sentences]
    verdicts = [tiny.predict(*pair).logits for pair in sentences]
    with ThreadPoolExecutor(8) as pool:
        scores = [pool.submit(attribute, tiny, *pair, method=method) for pair in sentences * 2]
        predictions = [tiny.predict(*pair).logits for pair in sentences * 2]
        for found, expected in zip(scores, alone * 2, strict=True):
            np.testing.assert_array_equal(found.result().scores, expected)
    assert predictions == verdicts * 2


@pytest.mark.parametrize(
    ("field", "choices"),
    [("method", METHODS), ("target", LABELS), ("output", OUTPUTS), ("baseline", BASELINES)],
)
def test_a_choice_that_does_not_exist_is_refused_with_those_that_do(tiny, field, choices):
    with pytest.raises(InputError, match="'lime'") as refusal:
        attribute(tiny, *PAIR, **{field: "lime"})
    assert refusal.value.field == field
    assert ", ".join(choices) in str(refusal.value)


def test_an_encoded_pair_gives_the_same_and_the_limit_is_kept(tiny):
    found = attribute(tiny, *PAIR, limit=9)
    assert len(found.tokens) == 9
    np.testing.assert_array_equal(attribute_pair(tiny, tiny.encode(*PAIR, limit=9)).scores, found.scores)
