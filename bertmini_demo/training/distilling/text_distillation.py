"""Distillation on text: masked-language modelling and a teacher's self-attention relations (MiniLMv2)."""

import argparse
import logging
from pathlib import Path

import torch
from torch import Tensor
from transformers import (
    BertConfig,
    BertModel,
    DataCollatorForLanguageModeling,
    PreTrainedTokenizerBase,
)
from transformers.modeling_outputs import MaskedLMOutput

from bertmini_demo.data.model_family import FAMILY
from bertmini_demo.errors import DataError
from bertmini_demo.model.checkpoint import find, save_checkpoint
from bertmini_demo.training.corpora.sequences import load_sequences
from bertmini_demo.training.distilling.attention_relations import captured_projections, relation_loss
from bertmini_demo.training.distilling.teachers import read_encoder
from bertmini_demo.training.loop import attention, last_complete_state, processes, train
from bertmini_demo.training.pretraining import DROPOUT, MaskedPositionsLM, as_published
from bertmini_demo.training.starting_point import HEADS, read_start
from bertmini_demo.training.training_record import record_stage

log = logging.getLogger(__name__)

SPREAD = 0.02  # standard deviation of BERT's own random start


class RelationStudent(MaskedPositionsLM):
    """A masked-language model that also learns one layer's self-attention relations from a teacher.

    The teacher is no part of its weights.
    """

    def learn_from(self, teacher: BertModel, *, layer: int, heads: int, weight: float) -> None:
        """
        Args:
            layer: of the teacher, from 0; negative ones count from the last. The student's is its last.
            heads: relation heads.
            weight: of the relation loss; the masked-language loss has weight 1.
        """
        self._lesson = (teacher, teacher.encoder.layer[layer], heads, weight)  # a tuple is not registered

    def forward(self, input_ids, attention_mask, token_type_ids, labels) -> MaskedLMOutput:
        """The masked-language loss plus the weighted distance of the student's attention relations from the teacher's.

        Args:
            labels: (rows, tokens), the original piece at each masked position, -100 elsewhere.
        """
        teacher, taught_layer, heads, weight = self._lesson
        read = {"attention_mask": attention_mask, "token_type_ids": token_type_ids}
        with captured_projections(self.bert.encoder.layer[-1]) as mine:
            output = super().forward(input_ids, labels=labels, **read)
        with torch.no_grad(), captured_projections(taught_layer) as theirs:
            teacher.to(input_ids.device)(input_ids, **read)
        relations = relation_loss(mine, theirs, attention_mask, heads=heads)
        return MaskedLMOutput(loss=output.loss + weight * relations)


def distill_on_text(arguments: argparse.Namespace) -> None:
    """Trains the student named by --model, or a new one of --size in the teacher's vocabulary."""
    teacher, tokenizer = read_teacher(arguments.teachers or [])
    with processes().main_process_first():
        data = load_sequences(
            arguments.data, tokenizer, length=arguments.length, folder=arguments.output / "sequences"
        )
    log.info("%d sequences, %.1f million word pieces", len(data), len(data.pieces) / 1e6)
    torch.manual_seed(arguments.seed)
    student = start_student(arguments, teacher, tokenizer)
    check_heads(arguments.relation_heads, teacher, student)
    student.learn_from(
        teacher,
        layer=arguments.teacher_layer,
        heads=arguments.relation_heads,
        weight=arguments.relation_weight,
    )
    collate = DataCollatorForLanguageModeling(tokenizer, mlm_probability=arguments.mask)
    result = train(student, data, collate, tokenizer, arguments, grouped=False, max_steps=arguments.steps)
    if processes().is_main_process:
        save_checkpoint(as_published(student), tokenizer, arguments.output)
        start = find(arguments.model) if arguments.model else None
        record_stage(result, start=start, arguments=arguments, processes=processes().num_processes)


def read_teacher(names: list[str]) -> tuple[BertModel, PreTrainedTokenizerBase]:
    """
    Raises:
        DataError: none or several are named.
        CheckpointError: the teacher is not a BERT that can be read.
    """
    if len(names) != 1:
        raise DataError(f"On text one teacher is followed; {len(names)} are named after --teachers.")
    start = read_start(names[0])
    return read_encoder(start), start.tokenizer


def start_student(
    arguments: argparse.Namespace, teacher: BertModel, tokenizer: PreTrainedTokenizerBase
) -> RelationStudent:
    """The student named by --model, or a new one of --size with the teacher's word embeddings, reduced to its width."""
    plain = {"attn_implementation": attention(), **dict.fromkeys(DROPOUT, 0.0)}
    if arguments.model:
        start = read_start(arguments.model)
        check_same_pieces(start.tokenizer, tokenizer, arguments.model)
        return start.build(RelationStudent, new=HEADS, **dict.fromkeys(DROPOUT, 0.0))
    [member] = [member for member in FAMILY if member.name == arguments.size]
    config = BertConfig(
        vocab_size=teacher.config.vocab_size,
        hidden_size=member.hidden,
        num_hidden_layers=member.layers,
        num_attention_heads=member.heads,
        intermediate_size=4 * member.hidden,
        **plain,
    )
    student = RelationStudent(config)
    if not last_complete_state(
        arguments.output / "state"
    ):  # else its weights are about to be read from there
        vectors = teacher.get_input_embeddings().weight
        student.bert.embeddings.word_embeddings.weight.data.copy_(reduced(vectors, config.hidden_size))
    return student


def reduced(vectors: Tensor, dimensions: int) -> Tensor:
    """(vocabulary, dimensions): the vectors' largest components by a truncated SVD, with BERT's usual spread.

    A student wider than its teacher gets zeros in the components that the teacher has not.
    """
    left, singular, _ = torch.linalg.svd(vectors.detach().float(), full_matrices=False)
    components = (left * singular)[:, :dimensions]
    components = components * (SPREAD / components.std())
    return torch.nn.functional.pad(components, (0, dimensions - components.shape[1]))


def check_same_pieces(
    student: PreTrainedTokenizerBase, teacher: PreTrainedTokenizerBase, name: str | Path
) -> None:
    """
    Raises:
        DataError: student and teacher read different word pieces, so that their tokens cannot be compared.
    """
    if student.get_vocab() != teacher.get_vocab():
        raise DataError(
            f"{name} reads other word pieces than the teacher. Carry it over with `transfer` first, or distil on pairs."
        )


def check_heads(heads: int, teacher: BertModel, student: RelationStudent) -> None:
    """
    Raises:
        DataError: the relation heads do not divide both hidden sizes.
    """
    sizes = teacher.config.hidden_size, student.config.hidden_size
    if any(size % heads for size in sizes):
        raise DataError(
            f"--relation-heads is {heads}; it must divide the hidden sizes {sizes[0]} of the teacher and {sizes[1]} of "
            "the student."
        )
