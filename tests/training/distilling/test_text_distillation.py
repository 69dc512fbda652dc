"""Distillation on text: the student comes nearer to its teacher's relations, starts from its vectors, and is its own model."""

import json

import pytest
import torch
from safetensors.torch import load_file
from transformers import BertForMaskedLM, BertModel

from bertmini_demo.training.__main__ import main
from bertmini_demo.training.distilling.attention_relations import captured_projections, relation_loss
from bertmini_demo.training.distilling.text_distillation import reduced
from bertmini_demo.training.loop import last_complete_state


@pytest.fixture(scope="module")
def text_file(tmp_path_factory, sentences):
    path = tmp_path_factory.mktemp("text") / "text.txt"
    path.write_text("\n\n".join("\n".join(sentences[start : start + 3]) for start in range(0, 120, 3)))
    return path


@pytest.fixture(scope="module")
def teacher(tmp_path_factory, tokenizer):
    """A wider BERT with the students' word pieces."""
    from teacher_models import write_teacher

    return write_teacher(tmp_path_factory.mktemp("teacher"), tokenizer, seed=6)


def distill(text_file, teacher, output, *options) -> int:
    command = ["distill", "--data", text_file, "--teachers", teacher, "--output", output]
    fixed = ["--length", 24, "--warmup", 2, "--batch", 8]
    return main([str(word) for word in (*command, *fixed, *options)])


def relations_apart(student, teacher, tokenizer, sentences) -> float:
    inputs = tokenizer(sentences[:16], padding=True, return_tensors="pt")
    captured = []
    for folder in (student, teacher):
        model = BertModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False).eval()
        with captured_projections(model.encoder.layer[-1]) as projections, torch.no_grad():
            model(**inputs)
        captured.append(projections)
    return relation_loss(*captured, inputs["attention_mask"], heads=4).item()


def test_a_student_comes_nearer_to_the_relations_of_a_wider_teacher(
    tmp_path, text_file, teacher, pretrained, tokenizer, sentences
):
    options = [
        "--model",
        pretrained,
        "--steps",
        40,
        "--rate",
        3e-3,
        "--relation-heads",
        4,
        "--relation-weight",
        5,
    ]
    assert distill(text_file, teacher, tmp_path, *options) == 0
    before = relations_apart(pretrained, teacher, tokenizer, sentences)
    assert relations_apart(tmp_path, teacher, tokenizer, sentences) < before / 2
    [stage] = json.loads((tmp_path / "training.json").read_text())["stages"]
    assert (stage["command"], stage["steps"]) == ("distill", 40)
    assert stage["settings"]["relation_heads"] == 4
    assert "temperature" not in stage["settings"], "a setting of distillation on pairs"


def test_what_is_written_is_a_plain_model_without_the_teacher(tmp_path, text_file, teacher, pretrained):
    options = ["--model", pretrained, "--steps", 2, "--relation-heads", 4]
    assert distill(text_file, teacher, tmp_path, *options) == 0
    model, report = BertForMaskedLM.from_pretrained(tmp_path, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert model.config.hidden_size == 32
    state = load_file(f"{last_complete_state(tmp_path / 'state')}/model.safetensors")
    assert set(state) <= set(model.state_dict())


def test_a_killed_run_goes_on(tmp_path, text_file, teacher, pretrained, otherwise_pretrained):
    options = ["--save-steps", 4, "--relation-heads", 4, "--schedule", "constant_with_warmup"]
    assert distill(text_file, teacher, tmp_path, "--model", pretrained, "--steps", 4, *options) == 0
    before = load_file(tmp_path / "state" / "checkpoint-4" / "model.safetensors")
    again = ["--model", otherwise_pretrained, "--steps", 5, "--rate", 1e-6]
    assert distill(text_file, teacher, tmp_path, *again, *options) == 0
    after = load_file(tmp_path / "state" / "checkpoint-5" / "model.safetensors")
    assert max((after[name] - before[name]).abs().max().item() for name in before) < 0.05


def test_a_new_student_starts_from_the_teachers_vectors(tmp_path, text_file, teacher):
    """One step at no rate: the written word embeddings are the reduced ones."""
    options = ["--size", "tiny", "--steps", 1, "--rate", 0, "--relation-heads", 4]
    assert distill(text_file, teacher, tmp_path, *options) == 0
    model = BertForMaskedLM.from_pretrained(tmp_path, dtype=torch.float32)
    assert (model.config.num_hidden_layers, model.config.hidden_size) == (2, 128)
    vectors = BertModel.from_pretrained(teacher).get_input_embeddings().weight
    expected = reduced(vectors, 128).half().float()  # files are float16
    torch.testing.assert_close(model.get_input_embeddings().weight, expected, rtol=0, atol=1e-3)


def test_reduced_vectors_keep_the_angles_that_they_can():
    """Vectors in a plane lose nothing in two dimensions but the plane's place."""
    torch.manual_seed(0)
    vectors = torch.randn(50, 2) @ torch.randn(2, 10)
    result = reduced(vectors, 2)
    assert result.std().item() == pytest.approx(0.02)
    torch.testing.assert_close(
        torch.nn.functional.cosine_similarity(result[:1], result[1:]),
        torch.nn.functional.cosine_similarity(vectors[:1], vectors[1:]),
    )
    assert reduced(vectors, 16).shape == (50, 16)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--relation-heads", 5], "must divide the hidden sizes 48"),
        (["--teachers", "a", "b"], "one teacher is followed"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    tmp_path, text_file, teacher, pretrained, caplog, options, message
):
    assert distill(text_file, teacher, tmp_path, "--model", pretrained, "--steps", 1, *options) == 1
    assert message in caplog.text


def test_a_student_of_other_word_pieces_is_refused(tmp_path, text_file, teachers, pretrained, caplog):
    assert distill(text_file, teachers[1], tmp_path, "--model", pretrained, "--steps", 1) == 1
    assert "reads other word pieces than the teacher" in caplog.text
