"""Masked-language-model pretraining (Devlin et al. 2019) of a small BERT from open text."""

import argparse
import logging
import math
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import BertConfig, BertForMaskedLM, DataCollatorForLanguageModeling
from transformers.modeling_outputs import MaskedLMOutput

from bertmini_demo.data.model_family import FAMILY
from bertmini_demo.model.checkpoint import find, save_checkpoint
from bertmini_demo.model.tokenizer_files import read_tokenizer
from bertmini_demo.training.cooccurrence_vectors import SPREAD, ppmi_embeddings
from bertmini_demo.training.corpora.sequences import Sequences, load_sequences
from bertmini_demo.training.loop import add_loop_arguments, attention, last_complete_state, processes, train
from bertmini_demo.training.option_types import integer, real
from bertmini_demo.training.starting_point import HEADS, read_start
from bertmini_demo.training.training_record import record_stage

log = logging.getLogger(__name__)

DROPOUT = {"hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}


class MaskedPositionsLM(BertForMaskedLM):
    """BertForMaskedLM whose vocabulary logits are computed at the masked positions only.

    With 16,384 word pieces and one position in five masked, the full logits would cost more than the encoder.
    """

    def forward(self, input_ids, attention_mask, token_type_ids, labels):
        """The mean loss, in nats, at the masked positions.

        Args:
            labels: (rows, tokens), the original piece at each masked position, -100 elsewhere.
        """
        hidden = self.bert(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)[0]
        masked = labels != -100
        logits = self.cls(hidden[masked])  # (masked positions, vocabulary)
        return MaskedLMOutput(loss=cross_entropy(logits.float(), labels[masked]))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options of ``pretrain``."""
    parser.add_argument(
        "--data", nargs="+", type=Path, required=True, help="text or JSON-lines files of pairs"
    )
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder that `vocabulary` wrote")
    parser.add_argument("--model", help="folder or Hub name of a model to continue from (default: a new one)")
    parser.add_argument(
        "--size",
        choices=[member.name for member in FAMILY],
        default="mini",
        help="of a new model (default: mini)",
    )
    parser.add_argument("--steps", type=integer(1), required=True, help="optimizer steps in all")
    parser.add_argument(
        "--length", type=integer(8, 512), default=64, help="word pieces a sequence (default: 64)"
    )
    parser.add_argument(
        "--mask", type=real(0.01, 0.9), default=0.2, help="share of positions to predict (default: 0.2)"
    )
    add_loop_arguments(parser, rate=1e-3, batch=32)


def run(arguments: argparse.Namespace) -> None:
    """Pretrains a masked-language model on text and saves it with a record of the training (Devlin et al. 2019,
    https://arxiv.org/abs/1810.04805).

    Raises:
        DataError: a file that cannot be read.
    """
    tokenizer = read_tokenizer(find(str(arguments.tokenizer)))
    with processes().main_process_first():
        data = load_sequences(
            arguments.data, tokenizer, length=arguments.length, folder=arguments.output / "sequences"
        )
    log.info("%d sequences, %.1f million word pieces", len(data), len(data.pieces) / 1e6)
    torch.manual_seed(arguments.seed)
    model = start_model(arguments, len(tokenizer), data)
    collate = DataCollatorForLanguageModeling(tokenizer, mlm_probability=arguments.mask)
    # Batches of similar length are of one kind of text; a new model then learns no more than the most frequent words.
    result = train(model, data, collate, tokenizer, arguments, grouped=False, max_steps=arguments.steps)
    if processes().is_main_process:
        save_checkpoint(as_published(model), tokenizer, arguments.output)
        start = find(arguments.model) if arguments.model else None
        record_stage(result, start=start, arguments=arguments, processes=processes().num_processes)


def start_model(arguments: argparse.Namespace, vocabulary: int, data: Sequences) -> MaskedPositionsLM:
    """The model named by --model, or a new BERT whose word embeddings come from the text's co-occurrences and whose position
    embeddings are sinusoids.

    Dropout is off: no sequence is repeated often enough to overfit. Fine-tuning turns it on.
    """
    plain = {"attn_implementation": attention(), **dict.fromkeys(DROPOUT, 0.0)}
    if arguments.model:
        return read_start(arguments.model).build(MaskedPositionsLM, new=HEADS, **dict.fromkeys(DROPOUT, 0.0))
    [member] = [member for member in FAMILY if member.name == arguments.size]
    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=member.hidden,
        num_hidden_layers=member.layers,
        num_attention_heads=member.heads,
        intermediate_size=4 * member.hidden,
        **plain,
    )
    model = MaskedPositionsLM(config)
    if last_complete_state(arguments.output / "state"):
        return model  # its weights are about to be read from there
    vectors = ppmi_embeddings(data.pieces, vocabulary=vocabulary, dimensions=config.hidden_size)
    embeddings = model.bert.embeddings
    embeddings.word_embeddings.weight.data.copy_(vectors)
    embeddings.position_embeddings.weight.data.copy_(
        sinusoids(config.max_position_embeddings, config.hidden_size)
    )
    return model


def sinusoids(positions: int, dimensions: int) -> torch.Tensor:
    """Position vectors whose products depend on the distance alone (Vaswani et al. 2017,
    https://arxiv.org/abs/1706.03762), with BERT's usual spread.

    A head that looks a fixed distance back needs no more than a rotation of such vectors.

    Returns:
        (positions, dimensions) float32, dimensions even: sines of falling frequency, then cosines.
    """
    frequencies = 10_000 ** (-torch.arange(0, dimensions, 2) / dimensions)
    angles = torch.arange(positions)[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1) * math.sqrt(2) * SPREAD


def as_published(model: MaskedPositionsLM) -> BertForMaskedLM:
    """The same weights as transformers' own class, with BERT's usual dropout in the config."""
    config = BertConfig(**{**model.config.to_dict(), **DROPOUT})
    published = BertForMaskedLM(config)
    published.load_state_dict(model.state_dict())
    return published
