"""Verdicts against transformers' own pipeline and the bare network, one pair at a time and a thousand together."""

import time
from collections.abc import Callable

import torch
from transformers import TextClassificationPipeline

from bertmini_demo.benchmark.sample_pairs import mixed_pairs
from bertmini_demo.benchmark.timing import Timing, in_turns
from bertmini_demo.inference import NLIModel
from bertmini_demo.model.encoding import tensors

PAIRS_ALONE = 20  # walked through in each repetition
PAIRS_TOGETHER = 1_000
BATCH_SIZES = (1, 8, 16, 32, 64, 128)  # tried for the pipeline, so that it is measured at its best
MATRIX = 1_024  # rows and columns of the product that shows what the machine can do


def one_pair(model: NLIModel, *, repetitions: int) -> dict[str, Timing]:
    """predict, the pipeline (the peer) and the network alone on inputs made beforehand, over the same pairs."""
    pairs = mixed_pairs(PAIRS_ALONE)
    pipeline, questions = peer(model), [as_question(pair) for pair in pairs]
    inputs = [tensors(model.encode(*pair)) for pair in pairs]

    def bare() -> None:
        with torch.inference_mode():
            for made in inputs:
                model.network(**made)

    return in_turns(
        {
            "pipeline": lambda: [pipeline(question, top_k=None) for question in questions],
            "predict": lambda: [model.predict(*pair) for pair in pairs],
            "bare": bare,
        },
        peer="pipeline",
        repetitions=repetitions,
    )


def many_pairs(model: NLIModel, *, repetitions: int) -> dict:
    """predict_batch against the pipeline at its own best batch size, and against what the machine can multiply."""
    pairs = mixed_pairs(PAIRS_TOGETHER)
    pipeline, questions = peer(model), [as_question(pair) for pair in pairs]
    best = min(BATCH_SIZES, key=lambda size: seconds_of(lambda: pipeline(questions, batch_size=size)))
    timings = in_turns(
        {
            "pipeline": lambda: pipeline(questions, batch_size=best),
            "predict_batch": lambda: model.predict_batch(pairs),
        },
        peer="pipeline",
        repetitions=repetitions,
        warm=0,
    )
    limit = multiplications_per_second()
    done = sum(multiplications(model, len(model.encode(*pair).tokens)) for pair in pairs)
    seconds = timings["predict_batch"].median / 1000
    return {
        "pairs": len(pairs),
        "pipeline_batch": best,
        "timings": timings,
        "share_of_matrix_limit": done / seconds / limit,
        "matrix_gflops": 2 * limit / 1e9,
    }


def peer(model: NLIModel) -> TextClassificationPipeline:
    """transformers' pipeline on the very same weights and tokenizer."""
    return TextClassificationPipeline(model=model.network, tokenizer=model.tokenizer, device="cpu")


def as_question(pair: tuple[str, str]) -> dict[str, str]:
    """A pair in the form that a transformers pipeline takes."""
    return {"text": pair[0], "text_pair": pair[1]}


def seconds_of(way: Callable[[], object]) -> float:
    """How long one call takes, in seconds."""
    started = time.perf_counter()
    way()
    return time.perf_counter() - started


def multiplications(model: NLIModel, tokens: int) -> float:
    """Of one forward pass: a multiplication for each weight of the blocks and token, and the attention's products."""
    blocks = sum(weight.numel() for weight in model.network.bert.encoder.parameters())
    return tokens * blocks + model.layers * 2 * tokens * tokens * model.hidden


def multiplications_per_second() -> float:
    """What one product of large matrices reaches on this machine, with the threads that torch has."""
    one = torch.randn(MATRIX, MATRIX)
    with torch.inference_mode():
        torch.mm(one, one)
        times = [seconds_of(lambda: torch.mm(one, one)) for _ in range(10)]
    return MATRIX**3 / min(times)
