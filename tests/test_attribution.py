"""What attribute promises of every method: completeness, costs, special tokens, seeds, threads, errors."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from by_hand import GRADIENT_METHODS, PAIR, PATH_METHODS, RANDOM_METHODS, SHORT, WORD_METHODS, ByHand
from conftest import write_tiny_checkpoint

import bertmini_demo
from bertmini_demo import attribution
from bertmini_demo.attribution import METHODS, attribute, attribute_pair, score_pieces
from bertmini_demo.errors import InputError
from bertmini_demo.explain.methods import attribution_target
from bertmini_demo.explain.methods.attribution_target import BASELINES, OUTPUTS, build_target
from bertmini_demo.model.encoding import tensors
from bertmini_demo.results import LABELS


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
