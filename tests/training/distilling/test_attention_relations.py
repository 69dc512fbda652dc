"""Self-attention relations against a loop, and what padding and widths may not change."""

import math

import pytest
import torch
from transformers import BertConfig, BertModel

from bertmini_demo.training.distilling.attention_relations import (
    captured_projections,
    log_relations,
    relation_loss,
)


def projections(width: int, *, seed: int, tokens: int = 5) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {name: torch.randn(2, tokens, width) for name in ("query", "key", "value")}


def by_hand(student, teacher, lengths, *, heads: int) -> float:
    """The definition, token by token, over real tokens only."""
    total = 0.0
    for name in student:
        divergences = []
        for row, length in enumerate(lengths):
            for head in range(heads):
                shares = []
                for vectors in (teacher[name], student[name]):
                    width = vectors.shape[-1] // heads
                    own = vectors[row, :length, head * width : (head + 1) * width]
                    shares.append((own @ own.T / math.sqrt(width)).softmax(-1))
                divergences += (shares[0] * (shares[0] / shares[1]).log()).sum(-1).tolist()
        total += sum(divergences) / len(divergences)
    return total


def test_the_loss_is_the_published_one_for_other_widths_and_ignores_padding():
    student, teacher = projections(8, seed=0), projections(12, seed=1)
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    result = relation_loss(student, teacher, mask, heads=4).item()
    assert result == pytest.approx(by_hand(student, teacher, (5, 3), heads=4), rel=1e-4)
    for vectors in (*student.values(), *teacher.values()):
        vectors[1, 3:] = 7.0  # what stands in padding
    assert relation_loss(student, teacher, mask, heads=4).item() == pytest.approx(result, rel=1e-6)


def test_a_student_like_its_teacher_loses_nothing():
    same = projections(8, seed=0)
    assert relation_loss(same, same, torch.ones(2, 5, dtype=torch.long), heads=2).item() == 0.0


def test_each_row_of_relations_sums_to_one():
    rows = log_relations(torch.randn(2, 5, 8), torch.ones(2, 5, dtype=torch.bool), heads=2).exp().sum(-1)
    assert rows.shape == (2, 2, 5)
    torch.testing.assert_close(rows, torch.ones(2, 2, 5))


def test_the_captured_projections_are_the_layers_own_and_the_hooks_go():
    config = BertConfig(
        vocab_size=30, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8
    )
    model = BertModel(config).eval()
    layer, ids = model.encoder.layer[1], torch.tensor([[1, 2, 3]])
    with captured_projections(layer) as captured, torch.no_grad():
        states = model(ids, output_hidden_states=True).hidden_states
    for name in ("query", "key", "value"):
        expected = getattr(layer.attention.self, name)(states[1])
        torch.testing.assert_close(captured[name], expected)
    captured.clear()
    model(ids)
    assert not captured
