"""Words that reverse a sentence when one replaces the other: opposites, quantifiers, numbers."""

PAIRS = """
    man-woman men-women boy-girl boys-girls he-she him-her his-her father-mother son-daughter brother-sister
    husband-wife king-queen adult-child adults-children
    laughing-crying laughs-cries smiling-frowning smiles-frowns sleeping-awake asleep-awake standing-sitting stands-sits
    walking-running walks-runs sits-stands working-resting winning-losing won-lost
    starting-stopping opening-closing buying-selling bought-sold giving-taking pushing-pulling arriving-leaving
    arrived-left loves-hates love-hate loved-hated likes-dislikes remembered-forgot passed-failed
    inside-outside indoors-outdoors in-outside up-down above-below over-under on-under before-after with-without
    near-far front-back early-late always-never everywhere-nowhere here-there day-night
    morning-evening summer-winter indoor-outdoor land-water city-country
    big-small large-small tall-short long-short high-low wide-narrow thick-thin heavy-light old-young new-old
    hot-cold warm-cold wet-dry clean-dirty full-empty open-closed alive-dead happy-sad good-bad best-worst rich-poor
    fast-slow loud-quiet noisy-quiet hard-soft difficult-easy strong-weak safe-dangerous true-false right-wrong
    same-different first-last more-less more-fewer many-few black-white alone-together public-private
    dog-cat dogs-cats red-blue
    all-no every-no everyone-nobody everybody-nobody someone-nobody somebody-nobody everything-nothing
    something-nothing some-no several-no most-few both-neither any-no all-some no-some many-no
"""
COUNTED = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def _both_ways() -> dict[str, tuple[str, ...]]:
    opposites: dict[str, tuple[str, ...]] = {}
    for one, other in (pair.split("-") for pair in PAIRS.split()):
        for word, opposite in ((one, other), (other, one)):
            opposites[word] = (*opposites.get(word, ()), opposite)
    return opposites


OPPOSITES = _both_ways()


def opposites(word: str) -> tuple[str, ...]:
    """Words that contrast with a word, in lower case; a number yields its neighbours. Empty where none is known."""
    word = word.lower()
    if word in COUNTED:
        place = COUNTED.index(word)
        return tuple(COUNTED[max(place - 1, 0) : place] + COUNTED[place + 1 : place + 2])
    if word.isascii() and word.isdecimal() and len(word) <= 4:
        return (str(int(word) + 1),)
    return OPPOSITES.get(word, ())
