"""The names that checkpoints and files give to labels, in the spellings people use."""

from bertmini_demo.results import LABELS, TWO_LABELS

SPELLINGS = {
    "entailment": ("entailment", "entail", "entails", "entailed", "entailing"),
    "neutral": ("neutral",),
    "contradiction": ("contradiction", "contradict", "contradicts", "contradicted", "contradictory"),
    "not_entailment": (
        "not_entailment",
        "not_entail",
        "not_entailed",
        "non_entailment",
        "non_entailed",
        "nonentailment",
        "no_entailment",
    ),
}
LABEL_OF = {spelling: label for label, spellings in SPELLINGS.items() for spelling in spellings}


def parse_label(name: str) -> str | None:
    """The label that a name means, whatever its case, spaces and hyphens; None for any other name."""
    return LABEL_OF.get("_".join(name.lower().replace("-", " ").replace("_", " ").split()))


def parse_labels(names: tuple[str, ...]) -> tuple[str, ...] | None:
    """The labels of a classifier's outputs in order; None unless they are three, or two, different known ones."""
    labels = tuple(parse_label(name) or "" for name in names)
    known = LABELS if len(names) == len(LABELS) else TWO_LABELS
    return labels if sorted(labels) == sorted(known) else None
