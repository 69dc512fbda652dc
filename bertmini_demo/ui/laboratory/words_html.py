"""What the tab Words says and lists, as HTML: word pieces, how a word was matched, neighbours, and fillings of a gap."""

from collections.abc import Sequence

from bertmini_demo.explain.embeddings import Neighbourhood
from bertmini_demo.explain.wordpiece_trace import Attempt, Reading, replace_word
from bertmini_demo.figures.rendering import escape
from bertmini_demo.model.encoding import is_special
from bertmini_demo.model.masked_lm import FilledGap
from bertmini_demo.results import HYPOTHESIS, PREMISE, EncodedPair

LONGEST_SHOWN = 5  # tries of one step shown before and after those left out
GAP = "____"


def pair_cards(pair: EncodedPair, readings: Sequence[Reading], *, chosen: int) -> str:
    """The pair as the model reads it: each word with its pieces, and each piece with id, segment and position."""
    cards: dict[int, list[str]] = {0: [], 1: []}
    by_first = {word.positions[0]: index for index, word in enumerate(pair.words)}
    for position, (alone, segment) in enumerate(zip(pair.special, pair.segments.tolist(), strict=True)):
        if alone:
            cards[segment].append(f'<span class="card">{piece_cell(pair, position)}</span>')
        elif position in by_first:
            index = by_first[position]
            cards[segment].append(word_card(pair, readings[index], index, chosen=index == chosen))
    return "".join(
        f'<div class="reading segment-{segment}"><p class="which">{name} (segment {segment})</p>'
        f'<div class="cards">{"".join(cards[segment])}</div></div>'
        for segment, name in enumerate((PREMISE, HYPOTHESIS))
    )


def word_card(pair: EncodedPair, reading: Reading, index: int, *, chosen: bool) -> str:
    """One word as a button: as typed, as normalised where that differs, and its pieces."""
    changed = f" → <bdi>{escape(reading.normalised)}</bdi>" if reading.changes else ""
    pieces = "".join(piece_cell(pair, position) for position in pair.words[index].positions)
    return (
        f'<button type="button" class="card" data-word="{index}" aria-pressed="{str(chosen).lower()}">'
        f'<span class="typed"><bdi>{escape(reading.typed)}</bdi>{changed}</span>{pieces}</button>'
    )


def piece_cell(pair: EncodedPair, position: int) -> str:
    return (
        f'<span class="piece"><b>{escape(pair.tokens[position])}</b>'
        f"<small>id {pair.input_ids[position]}</small><small>position {position}</small></span>"
    )


def pair_says(pair: EncodedPair, readings: Sequence[Reading]) -> str:
    """The pair in numbers, and what a reader may not expect."""
    split = sum(len(reading.pieces) > 1 for reading in readings)
    changed = sum(bool(reading.changes) for reading in readings)
    typed = [reading.typed for reading in readings if reading.special]
    told = (
        f"{len(readings)} words and marks became {len(pair.tokens)} word pieces, [CLS] and two [SEP] included; "
        f"{split or 'none'} of the words {'is' if split == 1 else 'are'} split, and {changed or 'none'} "
        f"{'was' if changed == 1 else 'were'} lower-cased or lost accents on the way. "
        "The number under a piece is its row in the table of embeddings: the model sees these numbers, no letters."
    )
    if typed:
        names = ", ".join(escape(name) for name in dict.fromkeys(typed))
        told += f" <strong>Here {names} was typed and is read as BERT’s own token, not as letters.</strong>"
    else:
        told += " A typed [SEP] or [MASK] would be read as BERT’s own token, not as letters."
    return f'<p class="says">{told}</p>'


def matching(reading: Reading) -> str:
    """How the chosen word was matched, a row a try: the longest piece first."""
    name = f"“{escape(reading.typed)}”"
    if reading.changes:
        name += f" was {', '.join(reading.changes)}: “{escape(reading.normalised)}”. It"
    if reading.special:
        return says(f"{name} is a token of BERT’s own. It is looked up whole and never split.")
    if reading.split is None:
        return says(f"{name} was cut by the limit on word pieces; only its first pieces were read.")
    if not reading.split.attempts:
        return says(f"{name} is longer than the tokenizer tries to match: one unknown piece stands for it.")
    if reading.pieces[0] != reading.normalised and len(reading.pieces) == 1:
        told = "cannot be put together from pieces, so that one unknown piece stands for all of it"
    elif len(reading.pieces) == 1:
        return says(f"{name} is in the vocabulary: one piece, found at the first try.")
    else:
        told = f"became {len(reading.pieces)} pieces in {len(reading.split.attempts)} tries"
    rows = "".join(attempt_rows(step, len(reading.normalised)) for step in steps(reading.split.attempts))
    letters = "".join(f"<th>{escape(letter)}</th>" for letter in reading.normalised)
    return (
        says(
            f"{name} {told}. From the left, the longest piece in the vocabulary is taken, then the longest that goes on "
            "from there (“##”). Nothing here knows about stems or endings: only which pieces were frequent."
        )
        + '<div class="scroll"><table class="matching"><caption class="sr-only">Pieces tried, in order</caption>'
        f'<thead><tr>{letters}<th scope="col">in the vocabulary?</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def steps(attempts: Sequence[Attempt]) -> list[list[Attempt]]:
    """The tries from one starting letter each."""
    found: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.start, []).append(attempt)
    return list(found.values())


def attempt_rows(step: Sequence[Attempt], letters: int) -> str:
    """The rows of one step; where it took many tries, those in the middle are counted and left out."""
    left_out = len(step) - 2 * LONGEST_SHOWN
    if left_out < 2:
        return "".join(attempt_row(attempt, letters) for attempt in step)
    return (
        "".join(attempt_row(attempt, letters) for attempt in step[:LONGEST_SHOWN])
        + f'<tr><td colspan="{letters + 1}">… {left_out} more, each a letter shorter, not in the vocabulary</td></tr>'
        + "".join(attempt_row(attempt, letters) for attempt in step[-LONGEST_SHOWN:])
    )


def attempt_row(attempt: Attempt, letters: int) -> str:
    start, length = attempt.start, attempt.end - attempt.start
    before = f'<td colspan="{start}"></td>' if start else ""
    after = f'<td colspan="{letters - attempt.end}"></td>' if attempt.end < letters else ""
    kind, told = ("known", "✓ yes: taken") if attempt.known else ("unknown", "✗ no")
    return (
        f'<tr class="{kind}">{before}<td class="tried" colspan="{length}"><bdi>{escape(attempt.piece)}</bdi></td>{after}'
        f"<td>{told}</td></tr>"
    )


def neighbourhoods(found: Sequence[Neighbourhood]) -> str:
    """The nearest pieces of each piece, with their cosines as bars."""
    lists = "".join(
        f'<div class="ranked"><p>nearest to <b>{escape(one.piece)}</b></p><ol>'
        + "".join(
            ranked_item(f"<bdi>{escape(near.piece)}</bdi>", near.cosine, f"{near.cosine:.2f}")
            for near in one.nearest
        )
        + f"</ol><p>any other piece, on average: {one.typical:.2f}</p></div>"
        for one in found
    )
    return f'<div class="lists">{lists}</div>'


def ranked_item(name: str, share: float, told: str) -> str:
    """An item of a ranked list: a name, a bar from 0 to 1, and the number."""
    return (
        f'<li>{name}<span class="track"><span class="fill" style="width: {max(share, 0):.1%}"></span></span>'
        f'<span class="share">{told}</span></li>'
    )


def fillings(pair: EncodedPair, word: int, filled: FilledGap, *, title: str) -> str:
    """The candidates for one word; a whole word can be pressed to open the pair with it."""
    premise, hypothesis = replace_word(pair, word, GAP)
    in_premise = pair.words[word].sentence == PREMISE
    sentence = escape(premise if in_premise else hypothesis)
    items = "".join(
        ranked_item(candidate_name(pair, word, one.piece), one.probability, share(one.probability))
        for one in filled.candidates
    )
    return (
        f'<div class="ranked"><p><b>{title}</b><br><bdi>{sentence}</bdi> <small>({pair.words[word].sentence})</small></p>'
        f"<ol>{items}</ol>{stood_there(pair, word, filled)}</div>"
    )


def candidate_name(pair: EncodedPair, word: int, piece: str) -> str:
    """A candidate; as a button that carries the pair it would make, where it can stand alone."""
    name = f"<bdi>{escape(piece)}</bdi>"
    typed = pair.words[word].text
    if piece.startswith("##") or piece == typed.lower():
        return name
    put = piece.capitalize() if typed[:1].isupper() else piece
    if piece.isalnum() and not typed.isalnum():
        put = f" {put} "  # a word in place of a mark stands apart from its neighbours
    premise, hypothesis = replace_word(pair, word, put)
    return (
        f'<button type="button" data-premise="{escape(premise)}" data-hypothesis="{escape(hypothesis)}" '
        f'title="Open the pair with this word">{name}</button>'
    )


def stood_there(pair: EncodedPair, word: int, filled: FilledGap) -> str:
    """Where the word that was masked stands among all pieces."""
    name = f"“{escape(pair.words[word].text)}”"
    if filled.original is None:
        return f"<p>{name} itself is more than one piece and cannot be a candidate.</p>"
    if is_special(filled.original.piece):
        return f"<p>{name} is no text: it has no place among the candidates.</p>"
    return f"<p>{name} itself: place {filled.rank:,}, {share(filled.original.probability)}</p>"


def share(probability: float) -> str:
    """A probability as a percentage; tiny ones are told as that."""
    return f"{probability:.1%}" if probability >= 0.0005 else "&lt;0.1%"


def fill_says(pair: EncodedPair, word: int, now: FilledGap, before: FilledGap | None) -> str:
    """The candidates in a sentence: the first, and what came and went since the gap was kept."""
    first = now.candidates[0]
    told = (
        f"In place of “{escape(pair.words[word].text)}” the model that the classifier came from expects most "
        f"“{escape(first.piece)}” ({share(first.probability)})."
    )
    if before is not None:
        here, there = ([one.piece for one in filled.candidates] for filled in (now, before))
        new, gone = (
            [piece for piece in one if piece not in other] for one, other in ((here, there), (there, here))
        )
        told += f" Since the gap was kept {listed(new)} came among the first {len(here)} and {listed(gone)} left them."
    return says(
        f"{told} It learned from plain text to name hidden words, on both sides of the gap, and knows nothing of "
        "entailment: what it finds likely is what is often written, not what is true."
    )


def listed(pieces: Sequence[str]) -> str:
    return ", ".join(f"“{escape(piece)}”" for piece in pieces) or "nothing"


def text_fillings(filled: Sequence[FilledGap]) -> str:
    """The candidates for each [MASK] of a text of one's own."""
    lists = "".join(
        f'<div class="ranked"><p>gap {number}, position {one.position}</p><ol>'
        + "".join(
            ranked_item(f"<bdi>{escape(c.piece)}</bdi>", c.probability, share(c.probability))
            for c in one.candidates
        )
        + "</ol></div>"
        for number, one in enumerate(filled, start=1)
    )
    return f'<div class="lists">{lists}</div>'


def says(text: str) -> str:
    return f'<p class="says">{text}</p>'
