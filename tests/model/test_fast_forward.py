"""The short way to a verdict against the network's own forward pass."""

import pytest
import torch
from torch.testing import assert_close

from bertmini_demo.model.encoding import padded, tensors
from bertmini_demo.model.fast_forward import verdict_logits

PAIRS = [
    ("the man is asleep.", "the man is awake."),
    ("a dog runs in the park. the cat sleeps.", "a cat is in the park."),
    ("the man is not a woman.", "no."),
]


def test_one_pair_gives_the_networks_logits(model):
    for pair in PAIRS:
        inputs = tensors(model.encode(*pair))
        with torch.inference_mode():
            found = verdict_logits(
                model.network, input_ids=inputs["input_ids"], segments=inputs["token_type_ids"]
            )
            assert_close(found, model.network(**inputs).logits, atol=1e-5, rtol=1e-5)


def test_padding_changes_nothing(model):
    """Each row of a padded batch gives what its pair gives alone, and what the network gives for the batch."""
    encoded = [model.encode(*pair) for pair in PAIRS]
    inputs = padded(encoded, fill=model.tokenizer.pad_token_id)
    with torch.inference_mode():
        found = verdict_logits(
            model.network,
            input_ids=inputs["input_ids"],
            segments=inputs["token_type_ids"],
            mask=inputs["attention_mask"],
        )
        assert_close(found, model.network(**inputs).logits, atol=1e-5, rtol=1e-5)
        alone = [model.network(**tensors(pair)).logits for pair in encoded]
    assert_close(found, torch.cat(alone), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("target", [0, 1, 2])
def test_gradients_are_the_networks(model, target):
    inputs = tensors(model.encode(*PAIRS[0]))
    table = model.network.get_input_embeddings().weight.detach()
    gradients = []
    for short in (True, False):
        embeddings = table[inputs["input_ids"]].requires_grad_()
        segments = inputs["token_type_ids"]
        logits = (
            verdict_logits(model.network, embeddings=embeddings, segments=segments)
            if short
            else model.network(inputs_embeds=embeddings, token_type_ids=segments).logits
        )
        [gradient] = torch.autograd.grad(logits[0, target], embeddings)
        gradients.append(gradient)
    assert_close(*gradients, atol=1e-5, rtol=1e-4)
