"""The closed-class words of English that negation turns on, about a hundred verbs, and how these are inflected."""


def words(text: str) -> frozenset[str]:
    """The words of a text that is separated by spaces."""
    return frozenset(text.split())


BE = words("am is are was were")
MODALS = words("can could will would should may might must")
DO = words("do does did")
HAVE = words("have has had")
AUXILIARIES = BE | MODALS | DO | HAVE
QUESTION_WORDS = words("who what when where why how which whose whom")
DETERMINERS = words(
    "a an the this that these those some two three four five many his her its their my your our"
)
PRONOUNS = words("i you he she it we they")
PREPOSITIONS = words(
    "of in on at to by for with from about into onto over under near behind beside between through"
)
CLAUSE_BREAKS = words(
    ", ; : and but or so before after because when while as if that who which although though unless since"
)
ADVERBS = words("always often really even ever still also just only never sometimes usually quite")

NEGATIVE = words("not no nobody nothing nowhere none never without cannot hardly barely scarcely neither nor")
POSITIVE_FORMS = {"nobody": "somebody", "nothing": "something", "nowhere": "somewhere", "none": "some"}
SOME_FOR_ANY = {
    "any": "some",
    "anyone": "someone",
    "anybody": "somebody",
    "anything": "something",
    "anywhere": "somewhere",
}
NEGATIVE_POLARITY = words("ever yet either anymore nor neither much")
FIXED_AFTER_NOT = words(
    "only just even necessarily all every to so too until because but yet"
)  # "not" stays here
FIXED_AFTER_NO = words("longer more matter doubt sooner way idea less fewer better other such")

IRREGULAR_PLURALS = words("people men women children police")
MASS_NOUNS = words(
    """water money food music snow rain milk sugar air time work help news bread traffic furniture hope evidence
    information room space light electricity coffee tea"""
)

IRREGULAR_PASTS = dict(  # past tense to base form
    pair.split("-")
    for pair in words(
        """ate-eat became-become began-begin bought-buy broke-break brought-bring built-build came-come caught-catch
        chose-choose clapped-clap drank-drink drew-draw drove-drive fell-fall felt-feel flew-fly forgot-forget
        fought-fight found-find gave-give got-get grew-grow held-hold hid-hide hugged-hug kept-keep knew-know
        left-leave lost-lose made-make met-meet paid-pay ran-run rode-ride said-say sang-sing sat-sit saw-see
        shook-shake slept-sleep sold-sell spoke-speak stood-stand stopped-stop swam-swim taught-teach thought-think
        threw-throw told-tell took-take went-go won-win wore-wear wrote-write"""
    )
)
REGULAR_VERBS = words(
    """accuse admire annoy answer arrive ask avoid believe blame call carry chase clean climb
    complain consult cook cross dance defend destroy discover enjoy fear finish follow frighten
    greet help hike hire ignore interview invite jump kick kiss laugh lick like listen live lock
    look love mention move need notice open paint pass play praise pray pull punish push question
    race realize remember remind repair rest retire serve shout show sigh smell smile smoke start
    stay study support surprise talk taste thank travel tremble trust use vanish visit wait walk
    want warn wash watch wave welcome work yell"""
)
INVARIANT_VERBS = words("cut hit let put read shut spread")  # their past tense equals the base form
PARTICIPLES = words("been gone done seen taken made come eaten given written lost found left")


def third_person(base: str) -> str:
    """The form that he, she and it take: walks for walk."""
    if base == "have":
        return "has"
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{base}es"
    return f"{base[:-1]}ies" if ends_in_consonant_and_y(base) else f"{base}s"


def regular_past(base: str) -> str:
    """The regular past tense of a verb: walked for walk."""
    if base.endswith("e"):
        return f"{base}d"
    return f"{base[:-1]}ied" if ends_in_consonant_and_y(base) else f"{base}ed"


def ends_in_consonant_and_y(word: str) -> bool:
    """Whether a word ends in y after a consonant, such as carry: the y becomes i before an ending."""
    return word.endswith("y") and word[-2:-1] not in tuple("aeiou")


BASES = frozenset([*IRREGULAR_PASTS.values(), *REGULAR_VERBS, *INVARIANT_VERBS])
PASTS = IRREGULAR_PASTS | {regular_past(base): base for base in REGULAR_VERBS}
THIRD_PERSONS = {third_person(base): base for base in BASES}
PAST_OF = {base: past for past, base in PASTS.items()}


def looks_plural(noun: str) -> bool:
    """Whether a noun is a plural, by its ending or by the list of irregular ones."""
    return noun in IRREGULAR_PLURALS or (noun.endswith("s") and not noun.endswith(("ss", "us", "is")))


def a_or_an(word: str) -> str:
    """The article before a word, by its first letters."""
    silent, sounded = ("hour", "honest", "heir"), ("uni", "use", "usu", "one", "eu")
    vowel = word.startswith(silent) or (word[:1] in tuple("aeiou") and not word.startswith(sounded))
    return "an" if vowel else "a"
