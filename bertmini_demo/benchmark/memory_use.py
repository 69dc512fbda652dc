"""Memory that a process holds, and what installed packages take on disk."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

MEANING = {
    "gradio": "serves the page",
    "torch": "computes",
    "transformers": "BERT, tokenizers, the Trainer",
    "accelerate": "the Trainer needs it",
    "captum": "attributes",
    "plotly": "draws",
    "numpy": "figures in, figures out",
}


def resident_megabytes(process: int | str = "self") -> float | None:
    """Resident memory of a process in millions of bytes; None where the system has no /proc."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return None
    kilobytes = re.search(r"VmRSS:\s+(\d+) kB", status.read_text(encoding="utf-8"))
    return int(kilobytes[1]) / 1000 if kilobytes else None


def installed_megabytes() -> dict[str, dict]:
    """Of each pinned package: megabytes on disk without its dependencies, and what it is there for."""
    sizes = {}
    for name, meaning in MEANING.items():
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:
            continue
        size = sum(path.stat().st_size for file in files if (path := Path(file.locate())).is_file())
        sizes[name] = {"megabytes": size / 1e6, "serves": meaning}
    return sizes
