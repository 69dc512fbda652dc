"""Removes a negation from an English sentence, or adds one, by a few rules; where none fits, the result is empty.

Removed, one negation at a time:
- not or n't after a form of be, have or a modal is dropped ("isn't" and "is not" become "is", "can't" and "cannot" "can",
  "won't" "will"); "doesn't walk" becomes "walks", "don't walk" "walk", "didn't walk" "walked";
- never goes, without becomes with; nobody, no one, nothing, nowhere, none become somebody, someone, something,
  somewhere, some; no becomes some, or a before a singular noun;
- any and its kind in the rest of the sentence become some and its kind. With a word that only occurs with a negation
  (ever, yet, either, at all, anymore ...) the sentence is left alone.

Added, to a sentence without negation or question:
- not after the first form of be, a modal, do before a verb, have before a participle ("can" becomes "cannot");
  "there is a" and "there are some" become "there is no" and "there are no";
- do not, does not, did not before a verb after a plain subject, if it is one of some hundred common verbs and no second
  verb may be the true one; have, has, had, do, does, did before an article or a possessive count as such verbs.

The rules know words, not grammar. They give up rather than guess.
"""

import itertools
import re
from typing import NamedTuple

from bertmini_demo.explain.counterfactuals.english import (
    ADVERBS,
    AUXILIARIES,
    BASES,
    BE,
    CLAUSE_BREAKS,
    DETERMINERS,
    DO,
    FIXED_AFTER_NO,
    FIXED_AFTER_NOT,
    HAVE,
    MASS_NOUNS,
    MODALS,
    NEGATIVE,
    NEGATIVE_POLARITY,
    PARTICIPLES,
    PAST_OF,
    PASTS,
    POSITIVE_FORMS,
    PREPOSITIONS,
    PRONOUNS,
    QUESTION_WORDS,
    SOME_FOR_ANY,
    THIRD_PERSONS,
    a_or_an,
    looks_plural,
    third_person,
)

TOKEN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
NOT_JOINED = re.compile(r"(\w+)n't")
SHORTENED = {"ca": "can", "wo": "will"}  # what is left of can't and won't
BE_JOINED = re.compile(r"\w+'(?:re|m)")
ENDS = (".", "!", "?", ";")


class SentenceEdit(NamedTuple):
    """A sentence after one change, and the words before and after it."""

    text: str
    before: str
    after: str


class TokenChange(NamedTuple):
    """New words for the tokens from ``start`` to before ``end``; with no words, the tokens are removed."""

    start: int
    end: int
    words: str


class SentenceTokens:
    """A sentence cut into words and marks; ``low`` holds them in lower case."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in TOKEN.finditer(text)]
        self.low = [text[start:end].lower().replace("’", "'") for start, end in self.spans]

    def at(self, place: int) -> str:
        """A token in lower case; empty before the first and after the last."""
        return self.low[place] if 0 <= place < len(self.low) else ""

    def edited(self, change: TokenChange, *more: TokenChange) -> SentenceEdit:
        """The sentence after changes, in their order; a capital at its start stays."""
        text = self.text
        for start, end, words in (*reversed(more), change):
            first, last = self.spans[start][0], self.spans[end - 1][1]
            rest = text[last:] if words else text[last:].lstrip()
            if start == 0 and text[first].isupper():
                words, rest = capital(words), rest if words else capital(rest)
            text = text[:first] + words + rest
        first, last = self.spans[change.start][0], self.spans[change.end - 1][1]
        return SentenceEdit(text, self.text[first:last], change.words)


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def without_negation(text: str) -> tuple[SentenceEdit, ...]:
    """The sentence with each of its negations removed in turn; empty where no rule fits."""
    tokens = SentenceTokens(text)
    changes = [change for place in range(len(tokens.low)) if (change := _taken(tokens, place))]
    return tuple(
        tokens.edited(change, *_some_for_any(tokens, change.end))
        for change in changes
        if not _needs_negation(tokens, change.end)
    )


def with_negation(text: str) -> SentenceEdit | None:
    """The sentence with a negation added; None where it has one already, is a question, or no rule fits."""
    tokens = SentenceTokens(text)
    asks = "?" in tokens.low or tokens.at(0) in AUXILIARIES | QUESTION_WORDS
    if asks or any(token in NEGATIVE or token.endswith("n't") for token in tokens.low):
        return None
    change = _not_after_auxiliary(tokens) or _do_not_before_verb(tokens)
    return tokens.edited(change) if change else None


def _taken(tokens: SentenceTokens, place: int) -> TokenChange | None:
    """The change that removes the negation at one place; None where there is none, or no rule for it."""
    word, before, after = tokens.at(place), tokens.at(place - 1), tokens.at(place + 1)
    if word == "not" and before in AUXILIARIES:
        return _verb_alone(tokens, place - 1, place + 1, before)
    if word == "cannot":
        return _verb_alone(tokens, place, place + 1, "can")
    if match := NOT_JOINED.fullmatch(word):
        return _verb_alone(tokens, place, place + 1, SHORTENED.get(match[1], match[1]))
    if word in POSITIVE_FORMS and before != "for" and after not in ("but", "else"):
        return TokenChange(place, place + 1, POSITIVE_FORMS[word])
    if not after.isalpha():
        return None
    if word == "no":
        return _some_for_no(tokens, place)
    if word == "never" and before.isalpha() and after not in (*AUXILIARIES, "again", "mind", "before"):
        return TokenChange(place, place + 1, "")
    if word == "without" and not after.endswith("ing"):
        return TokenChange(place, place + 1, "with")
    return None


def _verb_alone(tokens: SentenceTokens, start: int, end: int, verb: str) -> TokenChange | None:
    """An auxiliary without its not; a form of do is merged into the verb that follows."""
    after = tokens.at(end)
    if verb not in AUXILIARIES or not after.isalpha() or after in FIXED_AFTER_NOT | PRONOUNS | CLAUSE_BREAKS:
        return None
    if verb not in DO:
        return TokenChange(start, end, verb)
    if after in DETERMINERS | PREPOSITIONS | ADVERBS | AUXILIARIES - {"have", "do"} or after.endswith("ly"):
        return None
    if verb == "do":
        return TokenChange(start, end, "")
    if verb == "does":
        return TokenChange(start, end + 1, third_person(after))
    return TokenChange(start, end + 1, PAST_OF[after]) if after in PAST_OF else TokenChange(start, end, verb)


def _some_for_no(tokens: SentenceTokens, place: int) -> TokenChange | None:
    """A or some for no, by the number of the words after it; None where that is unclear."""
    noun, beyond = tokens.at(place + 1), tokens.at(place + 2)
    if noun == "one":
        return TokenChange(place, place + 2, "someone")
    if noun in FIXED_AFTER_NO:
        return None
    if looks_plural(noun) or looks_plural(beyond) or {noun, beyond} & MASS_NOUNS:
        return TokenChange(place, place + 1, "some")
    if place == 0 or tokens.at(place - 1) in ("is", "was"):
        return TokenChange(place, place + 1, a_or_an(noun))
    return None


def _rest(tokens: SentenceTokens, start: int) -> list[str]:
    """The tokens up to the end of the sentence, if there are several in the text."""
    return list(itertools.takewhile(lambda token: token not in ENDS, tokens.low[start:]))


def _needs_negation(tokens: SentenceTokens, start: int) -> bool:
    rest = _rest(tokens, start)
    together = " ".join(rest)
    return bool(NEGATIVE_POLARITY & set(rest)) or "at all" in together or "any more" in together


def _some_for_any(tokens: SentenceTokens, start: int) -> list[TokenChange]:
    """The changes of any, anyone ... to some, someone ... once no negation precedes them."""
    places = enumerate(_rest(tokens, start), start=start)
    return [
        TokenChange(place, place + 1, SOME_FOR_ANY[token]) for place, token in places if token in SOME_FOR_ANY
    ]


def _not_after_auxiliary(tokens: SentenceTokens) -> TokenChange | None:
    """Not after the first auxiliary that is one; None where there is none, or what follows it takes no not."""
    for place, word in enumerate(tokens.low):
        after = tokens.at(place + 1)
        if BE_JOINED.fullmatch(word) and after.isalpha():
            return TokenChange(place, place + 1, f"{_typed(tokens, place)} not")
        if word in BE and tokens.at(place - 1) == "there" and after in ("a", "an", "some"):
            return TokenChange(place + 1, place + 2, "no")
        if not _is_auxiliary(tokens, place):
            continue
        if not after.isalpha() or after in PRONOUNS | CLAUSE_BREAKS | ADVERBS or after.endswith("ly"):
            return None
        return TokenChange(place, place + 1, "cannot" if word == "can" else f"{word} not")
    return None


def _typed(tokens: SentenceTokens, place: int) -> str:
    return tokens.text[slice(*tokens.spans[place])]


def _is_auxiliary(tokens: SentenceTokens, place: int) -> bool:
    """Whether a word helps another verb here, and is neither a noun ("the can") nor a verb of its own."""
    word, before, after = tokens.at(place), tokens.at(place - 1), tokens.at(place + 1)
    if not before or before in DETERMINERS or before.endswith("'s"):
        return False
    if word in HAVE:
        beyond = tokens.at(place + 2)
        clause_ends = not beyond.isalpha() or beyond in DETERMINERS | PREPOSITIONS | PRONOUNS
        participle = after in PARTICIPLES or after in PASTS
        return after == "been" or (participle and clause_ends)
    return word in BE | MODALS or (word in DO and after in BASES)


def _do_not_before_verb(tokens: SentenceTokens) -> TokenChange | None:
    """Do not before the one verb of a plain clause; None where the verb is not certain."""
    verbs = [(place, words) for place in range(len(tokens.low)) if (words := _with_do(tokens, place))]
    if not verbs:
        return None
    place, words = verbs[0]
    clause = itertools.takewhile(lambda token: token not in CLAUSE_BREAKS, tokens.low[place + 1 :])
    rivals = [
        token
        for token in (*tokens.low[1:place], *clause)
        if token in PASTS or re.fullmatch(r"\w{2,}ed", token)
    ]
    if rivals or tokens.at(place + 1) == "by":  # the first may be a participle: "the man called Sam slept"
        return None
    return TokenChange(place, place + 1, words)


def _with_do(tokens: SentenceTokens, place: int) -> str | None:
    """The words for a verb with not ("does not walk" for "walks") if it is the verb of the subject before it."""
    word, before, after = tokens.at(place), tokens.at(place - 1), tokens.at(place + 1)
    if (
        not before.isalpha()
        or before in DETERMINERS | PREPOSITIONS | CLAUSE_BREAKS | {"to"}
        or tokens.at(0) in CLAUSE_BREAKS
    ):
        return None
    if word in HAVE | DO:
        base = "have" if word in HAVE else "do"
        auxiliary = {"has": "does", "had": "did", "have": "do"}.get(word, word)
        return f"{auxiliary} not {base}" if after in DETERMINERS else None
    if word in PASTS:
        return f"did not {PASTS[word]}"
    subject = 1 if tokens.at(0) not in DETERMINERS else 2  # the place of the verb after a one-word subject
    if place not in (subject, subject + 1) or (place > subject and subject == 1):
        return None
    several = before in PRONOUNS - {"he", "she", "it"}
    if word in THIRD_PERSONS and not several:
        return f"does not {THIRD_PERSONS[word]}"
    return f"do not {word}" if word in BASES and (several or looks_plural(before)) else None
