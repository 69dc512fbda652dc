"""The sentences of How it decides, each about this pair."""

from collections.abc import Sequence

import numpy as np

from bertmini_demo.explain.embeddings import Embeddings, Neighbourhood
from bertmini_demo.explain.head_roles import (
    MIXED,
    OTHER_SENTENCE,
    OWN_SENTENCE,
    PLACES,
    UNIFORM,
    HeadSummaries,
    attention_sink,
)
from bertmini_demo.explain.layer_similarity import settled_depth
from bertmini_demo.explain.qkv import HeadReading
from bertmini_demo.explain.wordpiece_trace import Reading
from bertmini_demo.figures.naming import capital, decimal, depth_name, joined, percent, place_name, quoted
from bertmini_demo.model.masked_lm import FilledGap
from bertmini_demo.results import EncodedPair, Trace

ATTENDED = {
    PLACES["to_itself"]: "the word piece itself",
    PLACES["to_repeats"]: "the same word piece elsewhere",
    PLACES["to_previous"]: "the previous word piece",
    PLACES["to_next"]: "the next word piece",
    UNIFORM: "all word pieces evenly",
    OTHER_SENTENCE: "the other sentence",
    MIXED: "no one place",
}


def head_says(trace: Trace, measured: HeadSummaries, layer: int, head: int) -> str:
    """Where one head's attention goes, in numbers."""
    place = layer, head
    return (
        f"Of the words’ attention, {percent(measured.to_other_sentence[place])} goes to the other sentence, "
        f"{percent(measured.to_cls[place])} to [CLS] and {percent(measured.to_sep[place])} to [SEP]; "
        f"{percent(measured.to_itself[place])} stays on the word itself. On average it attends "
        f"{measured.distance[place]:.1f} word pieces away; its entropy is {decimal(measured.entropy[place], digits=1)} nats "
        f"(0 = one word piece, {np.log(len(trace.tokens)):.1f} = uniform)."
    )


def role_says(role: str) -> str:
    """What the head mostly does on this pair."""
    return f"On this pair, this head attends mostly to {attended(role, own='its own sentence')}."


def attended(role: str, *, own: str) -> str:
    """A role as what "attends mostly to" goes on with.

    Args:
        own: the sentence that the query is in.
    """
    return own if role == OWN_SENTENCE else ATTENDED.get(role, role)


def grid_says(measured: HeadSummaries) -> str:
    """Which head looks across the sentences most, and which special token is the attention sink."""
    across = measured.to_other_sentence
    place = np.unravel_index(across.argmax(), across.shape)
    sink = attention_sink(measured)
    name = place_name(*sink.head).lower()
    others = f", and {sink.heads} heads give it half or more" if sink.heads > 1 else ""
    rest = (
        f"The attention sink is {sink.token}: {name} gives it {percent(sink.share)} of its attention{others}."
        if sink.heads
        else f"No head gives half of its attention to [CLS] or [SEP]; the most is {percent(sink.share)}."
    )
    return (
        f"{place_name(*place)} attends most to the other sentence, with {percent(across[place])} of the words’ attention. {rest} "
        "Rows are the words that look, columns the words looked at. Press a head to open it."
    )


def winner_says(names: Sequence[str], reading: HeadReading, query: int) -> str:
    """Which key gets the largest weight, and which contributes the longest vector.

    Args:
        names: of the word pieces, as :func:`bertmini_demo.figures.naming.names_in_pair` gives them.
    """
    weights, norms = reading.weights[query], reading.norms[query]
    heaviest, longest = int(weights.argmax()), int(norms.argmax())
    start = f"{capital(names[heaviest])} gets the largest weight ({percent(weights[heaviest])})"
    if heaviest == longest:
        share = percent(norms[heaviest] / norms.sum())
        return f"{start} and contributes the longest vector, {share} of the sum of all lengths."
    return (
        f"{start}, but {names[longest]} contributes the longest vector ({norms[longest]:.2f} against "
        f"{norms[heaviest]:.2f})."
    )


def early_says(probabilities: np.ndarray, names: Sequence[str]) -> str:
    """After which layer the verdict is there to stay.

    Args:
        probabilities: (layers + 1, labels).
    """
    settled, final = settled_depth(probabilities), int(probabilities[-1].argmax())
    share = percent(probabilities[-1, final])
    if not settled:
        return f"The verdict read from [CLS] is {names[final]} from the embeddings on; after the last layer it has {share}."
    before, place = probabilities[settled - 1], depth_name(settled - 1).lower()
    place = f"after {place}" if settled > 1 else "in the embeddings"
    lean = f"The verdict read {place} leans towards {names[before.argmax()]} ({percent(before.max())})."
    if settled == len(probabilities) - 1:
        return f"{lean} {depth_name(settled)} decides: {names[final]}, {share}."
    return f"{lean} From {depth_name(settled).lower()} on it is {names[final]}, with {share} after the last layer."


def rollout_says(label: str, sources: Sequence[tuple[str, float]]) -> str:
    """What one word is made of after the last layer.

    Args:
        label, sources: names as :func:`bertmini_demo.figures.naming.names_in_pair` gives them.
    """
    parts = joined([f"{'itself' if name == label else name} ({percent(share)})" for name, share in sources])
    return f"Traced back through all layers, {label} draws most on {parts}."


def pieces_says(pair: EncodedPair, readings: Sequence[Reading]) -> str:
    """The pair in numbers."""
    split = sum(len(reading.pieces) > 1 for reading in readings)
    return (
        f"The {len(readings)} words and punctuation marks become {len(pair.tokens)} word pieces, [CLS] and two [SEP] "
        f"included; {split or 'no'} word{' is' if split == 1 else 's are'} split. The model sees the numbers below the "
        "pieces, never the letters."
    )


def gap_says(filled: FilledGap) -> str:
    """The word expected most, and where the original ranks."""
    first = filled.candidates[0]
    if filled.original is not None and filled.original.piece == first.piece:
        return (
            f"The masked-language model expects “{first.piece}” itself most ({percent(first.probability)}). Press another "
            "word to put it in."
        )
    start = f"The word that the masked-language model expects most is “{first.piece}” ({percent(first.probability)})."
    if filled.original is None:
        return f"{start} Press a word to put it in."
    return (
        f"{start} {quoted(filled.original.piece)} itself has {percent(filled.original.probability)} (rank {filled.rank:,}). "
        "Press a word to put it in."
    )


def stacked(vectors: Embeddings) -> np.ndarray:
    """(tokens, 4, hidden): word piece, position, segment, and their sum."""
    return np.stack([vectors.word, vectors.position, vectors.segment, vectors.total], axis=1)


def embedding_says(tokens: Sequence[str], position: int, added: np.ndarray, near: Neighbourhood) -> str:
    """Which of the three embeddings is longest, and what is nearest in the table."""
    lengths = dict(
        zip(("word piece", "position", "segment"), np.linalg.norm(added[:3], axis=-1), strict=True)
    )
    longest = max(lengths, key=lengths.get)
    names = joined([f"“{one.piece}”" for one in near.nearest[:3]])
    return (
        f"Three vectors are added for {quoted(tokens[position])}, word piece {position + 1} of {len(tokens)}; the {longest} "
        f"embedding is the longest ({lengths[longest]:.2f}). Most similar in the table of embeddings: {names}."
    )


def change_says(similarity: np.ndarray, labels: Sequence[str]) -> str:
    """Which word changed most and least by the last layer.

    Args:
        similarity: (layers + 1, words) cosines with the embedding.
        labels: names as :func:`bertmini_demo.figures.naming.names_in_pair` gives them.
    """
    last = similarity[-1]
    lowest, highest = int(last.argmin()), int(last.argmax())
    return (
        f"After the last layer, {labels[lowest]} is least similar to its embedding (cosine {decimal(last[lowest])}), "
        f"{labels[highest]} most similar ({decimal(last[highest])})."
    )


def plane_says(
    states: np.ndarray, labels: Sequence[str], depth: int, shares: np.ndarray, *, before: bool
) -> str:
    """The two words whose states are most similar at this depth, and how much the picture holds.

    Args:
        states: (depths, words, hidden) of the fine-tuned model.
        labels: names as :func:`bertmini_demo.figures.naming.names_in_pair` gives them.
        shares: (2,) of the variance along each axis, from 0 to 1.
    """
    held = f"The two axes hold {percent(shares.sum())} of the variance; words drawn close may differ in the rest."
    if before:
        return f"These are the pretrained model’s states on the same axes: a word that stays in place was not moved along them by fine-tuning. {held}"
    directions = states[depth] / np.linalg.norm(states[depth], axis=-1, keepdims=True)
    similar = np.triu(directions @ directions.T, 1)
    one, other = np.unravel_index(similar.argmax(), similar.shape)
    return (
        f"{'After' if depth else 'In the'} {depth_name(depth).lower()}, {labels[one]} and {labels[other]} are most similar "
        f"(cosine {decimal(similar[one, other])}, in all {states.shape[-1]} dimensions). {held}"
    )


def tuning_says(similarity: np.ndarray, labels: Sequence[str], ordinary: np.ndarray) -> str:
    """Where fine-tuning changed the words most, beside what two different words have in common there.

    Args:
        similarity: (depths, words) cosines with the state before fine-tuning.
        labels: names as :func:`bertmini_demo.figures.naming.names_in_pair` gives them.
        ordinary: (depths,) mean cosine of two different words.
    """
    means = similarity.mean(axis=1)
    depth = int(means.argmin())
    word = int(similarity[depth].argmin())
    return (
        f"Fine-tuning changed the word vectors most {'after' if depth else 'in the'} {depth_name(depth).lower()}, where their "
        f"mean cosine similarity to the pretrained vectors is {decimal(means[depth])}. {capital(labels[word])} changed most "
        f"({decimal(similarity[depth, word])}). In the fine-tuned model two different words have {decimal(ordinary[depth])} there on average."
    )


def mixing_says(label: str, rolled: Sequence[tuple[str, float]], zeroed: Sequence[tuple[str, float]]) -> str:
    """The word's largest source by either measure.

    Args:
        label: and the names in ``rolled`` and ``zeroed``, as :func:`bertmini_demo.figures.naming.names_in_pair` gives them.
        rolled, zeroed: (name, share) from the largest share down.
    """
    (first, share), (other, portion) = (
        (name if name != label else "itself", part) for name, part in (rolled[0], zeroed[0])
    )
    if first == other:
        return f"By both measures {label} draws most on {first} ({percent(share)} by rollout, {percent(portion)} by value zeroing)."
    return (
        f"The measures differ: {label} draws most on {first} by rollout ({percent(share)}) and on {other} by value zeroing "
        f"({percent(portion)})."
    )


def roles_say(roles: Sequence[str]) -> str:
    """How many heads do what, the most frequent first."""
    counts = sorted({role: roles.count(role) for role in roles}.items(), key=lambda item: -item[1])
    (role, number), *others = [(attended(role, own="their own sentence"), count) for role, count in counts]
    heads = f"Of the {len(roles)} heads, {'all' if number == len(roles) else number} {'attends' if number == 1 else 'attend'}"
    listed = joined([f"mostly to {role}", *(f"{count} to {role}" for role, count in others)])
    return f"{heads} {listed}. Press a row to open its head."


def hidden_says(share: float) -> str:
    """What hiding the special tokens leaves out of a head's figure."""
    return f"[CLS] and [SEP] are hidden: they get {percent(share)} of the words’ attention."
