"""Reads config.json: what it says is heeded, or refused with the value."""

from pathlib import Path

from transformers import BertConfig

from bertmini_demo.errors import CheckpointError
from bertmini_demo.model.files import read_json, reading
from bertmini_demo.model.hub import CONFIG
from bertmini_demo.settings import MIN_WORD_PIECES

SMALLEST = {  # of each size
    "vocab_size": 1,
    "hidden_size": 1,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 1,
    "max_position_embeddings": MIN_WORD_PIECES,
    "type_vocab_size": 2,  # premise and hypothesis
}
REFUSED = {  # what the config asks for, and why it cannot be opened here
    "is_decoder": "each token would attend to earlier ones only",
    "add_cross_attention": "it attends to another network's states",
    "pruned_heads": "its layers differ in size",
    "quantization_config": "its weights are quantised; use the original in float16 or float32",
    "torchscript": "it returns no attention",
}
OUTPUTS = ("multi_label_classification", "regression")
OTHER_TASKS = (
    "cola",
    "mrpc",
    "qnli",
    "qqp",
    "sst2",
    "stsb",
)  # of GLUE, which are not NLI; QNLI's names are NLI's


def read_config(folder: Path) -> BertConfig:
    """The config of a BERT; a missing model_type is taken as bert, and code that it names is left out.

    Raises:
        CheckpointError: missing, unreadable, another architecture, or settings that cannot be heeded.
    """
    file = folder / CONFIG
    if not file.exists():
        raise CheckpointError(f"{folder} has no config.json: it is not a checkpoint folder.")
    values = read_json(file)
    kind = values.get("model_type", "bert")
    if kind != "bert":
        raise CheckpointError(f"{folder} holds a model of type {kind!r}; only bert can be opened here.")
    for name, reason in REFUSED.items():
        if values.get(name):
            raise CheckpointError(f"{name} in {file} is {values[name]!r}: {reason}.")
    position = values.get("position_embedding_type", "absolute")
    if position != "absolute":
        raise CheckpointError(
            f"position_embedding_type in {file} is {position!r}; only 'absolute' can be read."
        )
    values.pop("auto_map", None)  # names code to run; nothing here runs it
    with reading(str(file)):
        config = BertConfig.from_dict(values)
        config.return_dict = True
        check_sizes(config, file)
    return config


def check_sizes(config: BertConfig, file: Path) -> None:
    """Refuses a config that asks for a network of no size, or for a padding token beyond its vocabulary."""
    for name, smallest in SMALLEST.items():
        if getattr(config, name) < smallest:
            raise CheckpointError(
                f"{name} in {file} is {getattr(config, name)}; it must be {smallest} or more."
            )
    if config.hidden_size % config.num_attention_heads:
        raise CheckpointError(
            f"hidden_size in {file} is {config.hidden_size}, which {config.num_attention_heads} attention heads cannot "
            "share evenly."
        )
    padding = config.pad_token_id
    if padding is not None and not 0 <= padding < config.vocab_size:
        raise CheckpointError(
            f"pad_token_id in {file} is {padding}; the vocabulary has {config.vocab_size} tokens, counted from 0."
        )


def check_outputs(config: BertConfig, folder: Path) -> None:
    """Refuses a config that does not number two or three labels from 0, or whose outputs are no choice of one label."""
    file = folder / CONFIG
    if config.problem_type in OUTPUTS:
        raise CheckpointError(
            f"problem_type in {file} is {config.problem_type!r}: its outputs are not probabilities of one label among "
            "several. Use a classifier with a single label a pair."
        )
    task = str(getattr(config, "finetuning_task", None)).lower()  # such as "glue:qnli" or "sst-2"
    if task.removeprefix("glue:").replace("-", "") in OTHER_TASKS:
        raise CheckpointError(
            f"finetuning_task in {file} is {config.finetuning_task!r}: its outputs answer another question than whether one "
            "sentence follows from the other."
        )
    if config.num_labels not in (2, 3):
        raise CheckpointError(
            f"{folder} has {config.num_labels} labels; a classifier for NLI has two or three."
        )
    if sorted(config.id2label) != list(range(config.num_labels)):
        raise CheckpointError(
            f"id2label in {file} names the outputs {sorted(config.id2label)}; they count from 0 to "
            f"{config.num_labels - 1}."
        )


def check_memory(config: BertConfig, folder: Path, *, megabytes: int) -> None:
    """Refuses a network of more memory than allowed, before it is built: a config of a few lines can ask for any."""
    needed = memory_megabytes(config)
    if needed > megabytes:
        raise CheckpointError(
            f"{folder} would take {needed:,.0f} MB of memory; the limit is {megabytes:,} MB. Choose a smaller model, or "
            "set BERTMINI_MODEL_MEGABYTES."
        )


def memory_megabytes(config: BertConfig) -> float:
    """What the weights take in float32, four bytes each, but for biases and other small ones."""
    hidden, inner = config.hidden_size, config.intermediate_size
    rows = config.vocab_size + config.max_position_embeddings + config.type_vocab_size + hidden
    return 4 * (rows * hidden + config.num_hidden_layers * (4 * hidden**2 + 2 * hidden * inner)) / 1e6
