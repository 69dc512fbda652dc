"""The probabilities that fine-tuned classifiers give sentence pairs, for a student to learn from.

Hinton et al. 2015 (https://arxiv.org/abs/1503.02531): a teacher's probabilities say more than the label alone.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm
from transformers import BertModel, DataCollatorWithPadding

import bertmini_demo
from bertmini_demo.data.pair import Pair
from bertmini_demo.errors import DataError
from bertmini_demo.inference import NLIModel
from bertmini_demo.results import LABELS
from bertmini_demo.training.corpora.encoded_pairs import EncodedPairs
from bertmini_demo.training.loop import bfloat16_pays
from bertmini_demo.training.starting_point import StartingPoint

log = logging.getLogger(__name__)

POOLER = ("pooler.",)  # a masked-language model has none, and nothing here reads it
BATCH = 256  # pairs in one forward pass


def ensemble_probabilities(
    names: Sequence[str], pairs: Sequence[Pair], *, length: int, folder: Path | None = None
) -> np.ndarray:
    """The mean of several teachers' probabilities, each teacher reading its own word pieces.

    Args:
        names: folders or Hub names of classifiers.
        length: most word pieces of a pair.
        folder: where each teacher's probabilities are stored (6 bytes a pair), so that a killed run continues and another
            run reads them; None stores nothing.

    Returns:
        (pairs, 3) float32 probabilities in the order of LABELS.

    Raises:
        NLIModelError: a teacher cannot be read.
        DataError: a teacher does not have the three labels.
    """
    total = np.zeros((len(pairs), len(LABELS)), dtype=np.float32)
    for name in names:
        teacher = bertmini_demo.load_model(name)
        check_labels(teacher, name)
        total += teacher_probabilities(teacher, pairs, length=length, folder=folder)
    return total / len(names)


def read_encoder(start: StartingPoint) -> BertModel:
    """A BERT without its heads, in float32 and evaluation mode, whatever it was trained for."""
    return start.build(BertModel, new=POOLER).eval().requires_grad_(requires_grad=False)


def check_labels(teacher: NLIModel, name: str) -> None:
    """
    Raises:
        DataError: the teacher does not have the three labels.
    """
    if sorted(teacher.labels) != sorted(LABELS):
        raise DataError(
            f"{name} has the labels {', '.join(teacher.labels)}; a teacher has {', '.join(LABELS)}. Fine-tune it with "
            "`finetune`."
        )


def teacher_probabilities(
    teacher: NLIModel, pairs: Sequence[Pair], *, length: int, folder: Path | None
) -> np.ndarray:
    """(pairs, 3) probabilities in the order of LABELS, read from ``folder`` where they are there."""
    length = min(length, teacher.encoder.positions)
    rows = EncodedPairs(pairs, teacher.tokenizer, length=length, targets=np.zeros(len(pairs), dtype=int))
    result = stored_rows(teacher, rows, folder)
    missing = np.flatnonzero(np.isnan(result[:, 0]))
    order = sorted(missing.tolist(), key=rows.lengths.__getitem__)
    fill(result, teacher, rows, order)
    return result.astype(np.float32)


def stored_rows(teacher: NLIModel, rows: EncodedPairs, folder: Path | None) -> np.ndarray:
    """(pairs, 3) float16, NaN where nothing is known yet; on disk where there is a folder."""
    shape = (len(rows), len(LABELS))
    if folder is None:
        return np.full(shape, np.nan, dtype=np.float16)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{fingerprint(teacher, rows)}.npy"
    if not file.exists():
        part = file.with_suffix(".part.npy")
        np.save(part, np.full(shape, np.nan, dtype=np.float16))
        part.replace(file)
    return np.lib.format.open_memmap(file, mode="r+")


def fingerprint(teacher: NLIModel, rows: EncodedPairs) -> str:
    """Names a teacher's weights and the word pieces that it reads."""
    content = hashlib.sha256(json.dumps(rows.lengths).encode())
    for ids in rows.ids:
        content.update(ids.tobytes())
    for weight in teacher.network.state_dict().values():
        content.update(weight.numpy().tobytes())
    return content.hexdigest()[:16]


@torch.inference_mode()
def fill(result: np.ndarray, teacher: NLIModel, rows: EncodedPairs, order: Iterable[int]) -> None:
    """Writes the teacher's probabilities for the rows named by ``order`` into ``result``; on a GPU where there is one."""
    device = torch.accelerator.current_accelerator() or torch.device("cpu")
    network = teacher.network.to(device)
    columns = [teacher.output_labels.index(label) for label in LABELS]
    order = list(order)
    batches = DataLoader(
        Subset(rows, order), batch_size=BATCH, collate_fn=DataCollatorWithPadding(teacher.tokenizer)
    )
    for number, batch in enumerate(tqdm(batches, unit=" batches", desc=f"teacher {teacher.name}")):
        batch.pop("labels")
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16_pays()):
            logits = network(**batch.to(device)).logits.float()
        places = order[number * BATCH : (number + 1) * BATCH]
        result[places] = logits.softmax(-1)[:, columns].cpu().numpy()
