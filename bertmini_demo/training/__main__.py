"""Command line: ``python -m bertmini_demo.training COMMAND``, from a vocabulary to a measured classifier."""

import argparse
import importlib
import logging
import sys

from bertmini_demo.errors import DemoError
from bertmini_demo.training.option_types import quote

COMMANDS = {
    "vocabulary": ("vocabulary", "learn a WordPiece vocabulary from text"),
    "transfer": ("vocabulary_transfer", "carry a model over to another BERT's vocabulary"),
    "pretrain": ("pretraining", "train a masked-language model on text"),
    "label": ("labelling", "write the probabilities that classifiers give pairs"),
    "fragments": ("corpora.semantic_fragments", "write labelled pairs made by rule"),
    "distill": ("distillation", "train a small model to follow larger ones"),
    "finetune": ("finetuning", "train a classifier on sentence pairs"),
    "average": ("model_soup", "the mean of several fine-tunings of one model"),
    "calibrate": ("temperature_scaling", "fit one temperature to a classifier"),
    "evaluate": ("evaluation", "measure a classifier on labelled pairs"),
    "words": ("word_counts", "which words of a hypothesis come with which label"),
    "changes": ("example_changes", "the one-word change of each example pair"),
    "baselines": ("baseline_choice", "compare baselines of integrated gradients"),
    "linear-probes": ("linear_probes", "where in the network a fact can be read"),
    "probe": ("hans_probe", "compare the HANS-style probe with HANS"),
}


def main(argv: list[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0, or 1 after logging an error in one line."""
    parser = argparse.ArgumentParser(prog="python -m bertmini_demo.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        module = importlib.import_module(f"bertmini_demo.training.{module}")
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        arguments.run(arguments)
    except (DemoError, OSError, UnicodeEncodeError) as error:
        logging.getLogger(__name__).error("error: %s", reason(error))
        return 1
    return 0


def reason(error: Exception) -> str:
    """Why a command failed, in one line; of a file that cannot be used its name, cut."""
    if isinstance(error, DemoError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{quote(str(error.filename))} cannot be used: {error.strerror}. Name another file or folder."
    return f"{error}. Name another file or folder."


if __name__ == "__main__":
    sys.exit(main())
