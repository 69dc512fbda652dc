"""Hugging Face's ZeroGPU, which starts only an app that has a function for a GPU. Nothing else knows about it."""

import os
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

import torch


def gpu_name() -> str:
    """What the GPU is called. All else stays on the CPU: a verdict is there sooner than a GPU would be."""
    return torch.cuda.get_device_name()


def register(environment: Mapping[str, str] = os.environ) -> bool:
    """Wraps one function with spaces.GPU where a Space has ZeroGPU; returns whether it did."""
    has_zero_gpu = environment.get("SPACES_ZERO_GPU") == "true" and find_spec("spaces") is not None
    if has_zero_gpu:
        import_module("spaces").GPU(gpu_name)
    return has_zero_gpu
