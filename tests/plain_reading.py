"""Reads simple past-tense English and tells who did what: a second opinion on what follows from a sentence.

It knows closed-class words only (conjunctions, prepositions, verbs that take a clause) and finds nouns and verbs by
their place, so it shares nothing with the templates it judges. A fact is (who, did what, to whom); whom may be None.
"""

PREPOSITIONS = ("near", "behind", "beside", "opposite", "next_to", "across_from")
COMPOUNDS = ("next to", "across from", "even though", "even if", "now that", "in case", "whether or not")
COMPOUNDS += (
    "provided that",
    "assuming that",
    "in fact",
    "in theory",
    "in the film",
    "once again",
    "most likely",
)
TRUE_BOTH = ("because", "although", "since", "after", "even_though", "now_that")
TRUE_MAIN = ("even_if", "in_case", "whether_or_not")
TRUE_NEITHER = ("if", "unless", "provided_that", "assuming_that", "either")
GARDEN_PATH = ("when", "while", "after", "before")
CERTAIN = (
    "sadly",
    "suddenly",
    "finally",
    "yesterday",
    "in_fact",
    "fortunately",
    "unfortunately",
    "once_again",
)
UNCERTAIN = ("perhaps", "possibly", "allegedly", "most_likely", "reportedly", "in_theory", "in_the_film")
FACTIVE = ("realized", "remembered", "learned", "discovered", "saw", "understood")


def follows(premise: str, hypothesis: str) -> bool:
    """Whether the premise tells all that the hypothesis tells."""
    known = facts(tokens(premise))
    known |= {(who, did, None) for who, did, whom in known if whom}  # who read the letter has read
    asked = facts(tokens(hypothesis))
    assert asked, hypothesis
    return asked <= known


def tokens(sentence: str) -> list[str]:
    text = sentence.lower().removesuffix(".").replace(",", " ,")
    for compound in COMPOUNDS:
        text = f" {text} ".replace(f" {compound} ", f" {compound.replace(' ', '_')} ").strip()
    return text.split()


def facts(words: list[str]) -> set[tuple]:
    """What a whole sentence tells as true."""
    first, rest = words[0], words[1:]
    if "," in words:
        comma = words.index(",")
        opened, closed = words[:comma], words[comma + 1 :]
        if first in TRUE_BOTH:
            return clause(opened[1:]) | clause(closed)
        if first in TRUE_MAIN:
            return clause(closed)
        if first in TRUE_NEITHER or closed[0] == "or":
            return set()
        assert closed[0] in ("and", "but", "so"), words
        return clause(opened) | clause(closed[1:])
    if first in GARDEN_PATH:  # "the" for the second time opens the main clause: no comma tells it
        middle = rest.index("the", 1)
        return clause(rest[:middle]) | clause(rest[middle:])
    if first in CERTAIN:
        return clause(rest)
    if first in UNCERTAIN:
        return set()
    return clause(words)


def clause(words: list[str]) -> set[tuple]:
    who, told, words = nouns(words)
    if words[0] in ("was", "were"):
        assert words[2] == "by"
        (agent,), _, end = nouns(words[3:])
        assert not end
        return {(agent, words[1], who[0])}
    did, words = words[0], words[1:]
    if words and words[0] in ("in", "at"):
        if words[3:]:  # another verb: the first was a participle that belongs to the noun
            return told | verb_phrase(who, words[3:])
        return {(one, did, " ".join(words)) for one in who}
    return told | verb_phrase(who, [did, *words])


def verb_phrase(who: list[str], words: list[str]) -> set[tuple]:
    did, words = words[0], words[1:]
    if not words:
        return {(one, did, None) for one in who}
    if words[0] == "that":
        return clause(words[1:]) if did in FACTIVE else set()
    whom, told, rest = nouns(words)
    if rest and rest[0] not in ("in", "at") and rest[1:2] not in (["in"], ["at"]):
        return set()  # a verb after the object: it was the subject of a clause that is only believed
    return {(one, did, other) for one in who for other in whom} | told


def nouns(words: list[str]) -> tuple[list[str], set[tuple], list[str]]:
    """One noun or two joined, what clauses on it tell, and the words after it."""
    if words[0] != "the":  # a plural without article, perhaps after an adjective
        end = 1 if words[0].endswith("s") else 2
        return [words[end - 1]], set(), words[end:]
    found, told, words = [words[1]], set(), words[2:]
    if words[:2] == ["and", "the"]:
        found, words = [*found, words[2]], words[3:]
    elif words[:1] in ([word] for word in PREPOSITIONS):
        words = words[3:]  # the noun after the preposition does nothing
    elif words[:1] == ["who"]:
        did, words = words[1], words[2:]
        whom, words = (words[1], words[2:]) if words[:1] == ["the"] else (None, words)
        told = {(found[0], did, whom)}
    elif words[:2] == ["that", "the"]:
        told, words = {(words[2], words[3], found[0])}, words[4:]
    return found, told, words
