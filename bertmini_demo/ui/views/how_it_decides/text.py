"""The sentences of How it decides, each about this pair."""

from collections.abc import Sequence

import numpy as np

from bertmini_demo.explain.embeddings import Embeddings, Neighbourhood
from bertmini_demo.explain.head_roles import HeadSummaries, attention_sink
from bertmini_demo.explain.layer_similarity import settled_depth
from bertmini_demo.explain.qkv import HeadReading
from bertmini_demo.explain.wordpiece_trace import Reading
from bertmini_demo.figures.naming import depth_name, percent, place_name
from bertmini_demo.model.masked_lm import FilledGap
from bertmini_demo.results import EncodedPair, Trace


def head_says(trace: Trace, measured: HeadSummaries, layer: int, head: int) -> str:
    """Where one head's attention goes, in numbers."""
    place = layer, head
    return (
        f"{percent(measured.to_other_sentence[place])} of the words’ attention goes to the other sentence, "
        f"{percent(measured.to_cls[place])} to [CLS] and {percent(measured.to_sep[place])} to [SEP]; "
        f"{percent(measured.to_itself[place])} stays on the word itself. On average it attends "
        f"{measured.distance[place]:.1f} word pieces away; its entropy is {measured.entropy[place]:.1f} nats "
        f"(0 = one token, {np.log(len(trace.tokens)):.1f} = uniform)."
    )


def role_says(role: str) -> str:
    """What the head mostly does on this pair."""
    return f"On this pair, this head mostly looks at: {role}."


def grid_says(measured: HeadSummaries) -> str:
    """Which head looks across the sentences most, and which special token is the attention sink."""
    across = measured.to_other_sentence
    place = np.unravel_index(across.argmax(), across.shape)
    sink = attention_sink(measured)
    name = place_name(*sink.head).lower()
    others = f" ({sink.heads} heads give it half or more)" if sink.heads > 1 else ""
    rest = (
        f"The attention sink is {sink.token}: {name} gives it {percent(sink.share)}{others}."
        if sink.heads
        else f"No head gives half of its attention to [CLS] or [SEP]; the most is {percent(sink.share)}."
    )
    return (
        f"{place_name(*place)} looks most at the other sentence: {percent(across[place])} of its words’ attention. {rest} "
        "Rows are the words that look, columns the words looked at. Press a head to open it."
    )


def winner_says(tokens: Sequence[str], reading: HeadReading, query: int) -> str:
    """Which key gets the largest weight, and which contributes the longest vector."""
    weights, norms = reading.weights[query], reading.norms[query]
    heaviest, longest = int(weights.argmax()), int(norms.argmax())
    name = f"“{tokens[heaviest]}” (token {heaviest + 1})"
    if heaviest == longest:
        share = percent(norms[heaviest] / norms.sum())
        return f"{name} gets the largest weight ({percent(weights[heaviest])}) and contributes the longest vector: {share} of all lengths."
    return (
        f"{name} gets the largest weight ({percent(weights[heaviest])}), but “{tokens[longest]}” (token {longest + 1}) "
        f"contributes the longest vector ({norms[longest]:.2f} against {norms[heaviest]:.2f})."
    )


def early_says(probabilities: np.ndarray, names: Sequence[str]) -> str:
    """After which layer the verdict is there to stay.

    Args:
        probabilities: (layers + 1, labels).
    """
    settled, final = settled_depth(probabilities), int(probabilities[-1].argmax())
    end = f"{names[final]}, {percent(probabilities[-1, final])}"
    if not settled:
        return f"Read after any layer, the verdict is {names[final]}; at the end: {end}."
    before = probabilities[settled - 1]
    lean = f"After {depth_name(settled - 1).lower()} it leaned to {names[before.argmax()]} ({percent(before.max())})."
    if settled == len(probabilities) - 1:
        return f"{lean} {depth_name(settled)} decides: {end}."
    return f"{lean} From {depth_name(settled).lower()} on it is {names[final]}; at the end: {end}."


def rollout_says(label: str, sources: Sequence[tuple[str, float]]) -> str:
    """What one word is made of after the last layer."""
    parts = ", ".join(f"“{name}” ({percent(share)})" for name, share in sources)
    return f"Followed back through all layers, the largest shares of “{label}” come from {parts}."


def pieces_says(pair: EncodedPair, readings: Sequence[Reading]) -> str:
    """The pair in numbers."""
    split = sum(len(reading.pieces) > 1 for reading in readings)
    return (
        f"{len(readings)} words and punctuation marks become {len(pair.tokens)} word pieces, [CLS] and two [SEP] "
        f"included; {split or 'no'} word{' is' if split == 1 else 's are'} split. The model sees the numbers below the "
        "pieces, never the letters."
    )


def gap_says(filled: FilledGap) -> str:
    """The word expected most, and where the original ranks."""
    first = filled.candidates[0]
    start = f"The masked-language model expects “{first.piece}” most ({percent(first.probability)})."
    if filled.original is None:
        return f"{start} Press a word to put it in."
    return (
        f"{start} “{filled.original.piece}” itself has {percent(filled.original.probability)} (rank {filled.rank:,}). "
        "Press a word to put it in."
    )


def stacked(vectors: Embeddings) -> np.ndarray:
    """(tokens, 4, hidden): word piece, position, segment, and their sum."""
    return np.stack([vectors.word, vectors.position, vectors.segment, vectors.total], axis=1)


def embedding_says(piece: str, position: int, added: np.ndarray, near: Neighbourhood) -> str:
    """Which of the three embeddings is longest, and what is nearest in the table."""
    lengths = dict(
        zip(("word piece", "position", "segment"), np.linalg.norm(added[:3], axis=-1), strict=True)
    )
    longest = max(lengths, key=lengths.get)
    names = ", ".join(f"“{one.piece}”" for one in near.nearest[:3])
    return (
        f"Three vectors are added for “{piece}” at position {position}; the {longest} embedding is the longest "
        f"({lengths[longest]:.2f}). Nearest in the table: {names}."
    )


def change_says(similarity: np.ndarray, labels: Sequence[str]) -> str:
    """Which word changed most and least by the last layer.

    Args:
        similarity: (layers + 1, words) cosines with the embedding.
    """
    last = similarity[-1]
    lowest, highest = int(last.argmin()), int(last.argmax())
    return (
        f"After the last layer, “{labels[lowest]}” is least similar to its embedding (cosine {last[lowest]:.2f}), "
        f"“{labels[highest]}” most ({last[highest]:.2f})."
    )


def plane_says(
    states: np.ndarray, labels: Sequence[str], depth: int, shares: np.ndarray, *, before: bool
) -> str:
    """The two words whose states are most similar at this depth, and how much the picture holds.

    Args:
        states: (depths, words, hidden) of the fine-tuned model.
        shares: (2,) of the variance along each axis, from 0 to 1.
    """
    held = f"The two axes hold {percent(shares.sum())} of the variance; words drawn close may differ in the rest."
    if before:
        return f"The pretrained model on the same axes: a word at the same place was not moved along them by fine-tuning. {held}"
    directions = states[depth] / np.linalg.norm(states[depth], axis=-1, keepdims=True)
    similar = np.triu(directions @ directions.T, 1)
    one, other = np.unravel_index(similar.argmax(), similar.shape)
    return (
        f"After {depth_name(depth).lower()}, “{labels[one]}” and “{labels[other]}” are most similar "
        f"(cosine {similar[one, other]:.2f}, in all {states.shape[-1]} dimensions). {held}"
    )


def tuning_says(similarity: np.ndarray, labels: Sequence[str], ordinary: np.ndarray) -> str:
    """Where fine-tuning changed the words most, beside what two different words have in common there.

    Args:
        similarity: (depths, words) cosines with the state before fine-tuning.
        ordinary: (depths,) mean cosine of two different words.
    """
    means = similarity.mean(axis=1)
    depth = int(means.argmin())
    word = int(similarity[depth].argmin())
    return (
        f"Fine-tuning turned the words most after {depth_name(depth).lower()}: their mean cosine with themselves in the "
        f"pretrained model is {means[depth]:.2f} there. “{labels[word]}” turned most ({similarity[depth, word]:.2f}); two "
        f"different words have {ordinary[depth]:.2f}."
    )


def mixing_says(label: str, rolled: Sequence[tuple[str, float]], zeroed: Sequence[tuple[str, float]]) -> str:
    """The word's largest source by either measure.

    Args:
        rolled, zeroed: (name, share) from the largest share down.
    """
    (first, share), (other, portion) = rolled[0], zeroed[0]
    if first == other:
        return f"Both measures agree on the largest source of “{label}”: “{first}” ({percent(share)} by rollout, {percent(portion)} by value zeroing)."
    return (
        f"The measures differ: rollout names “{first}” ({percent(share)}) as the largest source of “{label}”, value zeroing "
        f"“{other}” ({percent(portion)})."
    )


def roles_say(roles: Sequence[str]) -> str:
    """How many heads do what, the most frequent first."""
    counts = sorted({role: roles.count(role) for role in roles}.items(), key=lambda item: -item[1])
    listed = ", ".join(f"{role} ({count})" for role, count in counts)
    return f"Of {len(roles)} heads, by what they mostly look at: {listed}. Press a row to open its head."


def hidden_says(share: float) -> str:
    """What hiding the special tokens leaves out of a head's figure."""
    return f"[CLS] and [SEP] are hidden: they get {percent(share)} of the words’ weight."
