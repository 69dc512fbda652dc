"""The words from which semantic fragments are made. None of the names and few of the nouns occur in the example pairs."""

from typing import NamedTuple


class Person(NamedTuple):
    """A first name and the pronouns that go with it."""

    name: str
    subject: str
    possessive: str


class Action(NamedTuple):
    """A verb phrase without its object's tail, in the base form and in the past."""

    base: str
    past: str


class Kind(NamedTuple):
    """A plural noun, its singular, and a kind of it: every member of ``narrow`` is one of ``wide``."""

    wide: tuple[str, str]
    narrow: tuple[str, str]


class Place(NamedTuple):
    """A city and its country."""

    city: str
    country: str


PEOPLE = tuple(
    Person(name, subject, possessive)
    for names, subject, possessive in (
        ("Anna Carla Emma Grace Irene Karen Megan Olga Rosa Tina Wanda Ruth Alice Julia Sofia", "she", "her"),
        ("Ben David Felix Henry Jack Liam Nick Paul Sam Victor Oscar Hugo Adam Martin Simon", "he", "his"),
    )
    for name in names.split()
)
ACTIONS = tuple(
    Action(*words.split("/"))
    for words in (
        "close the window/closed the window",
        "feed the cat/fed the cat",
        "water the plants/watered the plants",
        "call the doctor/called the doctor",
        "pay the bill/paid the bill",
        "charge the phone/charged the phone",
        "send the letter/sent the letter",
        "buy some milk/bought some milk",
        "turn off the oven/turned off the oven",
        "sign the form/signed the form",
        "clean the kitchen/cleaned the kitchen",
        "book the hotel/booked the hotel",
        "return the book/returned the book",
        "pack the bags/packed the bags",
        "cook dinner/cooked dinner",
        "read the paper/read the paper",
        "wash the car/washed the car",
        "paint the fence/painted the fence",
        "mow the lawn/mowed the lawn",
        "fix the bike/fixed the bike",
        "eat lunch/ate lunch",
        "make the bed/made the bed",
        "walk the dog/walked the dog",
        "answer the email/answered the email",
        "bring a coat/brought a coat",
        "take out the trash/took out the trash",
        "visit the dentist/visited the dentist",
        "thank the driver/thanked the driver",
        "print the tickets/printed the tickets",
        "iron the shirts/ironed the shirts",
    )
)
AFFIRM = ("remembered to", "managed to", "was able to", "took the time to", "did not forget to")
DENY = ("forgot to", "failed to", "neglected to", "refused to", "was unable to", "did not manage to")
OPEN = ("wanted to", "hoped to", "planned to", "promised to", "was asked to")
TAILS = (
    "",
    " this morning",
    " before leaving",
    " on the way home",
    " yesterday",
    " before the trip",
    " again",
)

COMPARED = tuple(
    tuple(words.split("/"))
    for words in (
        "taller/shorter",
        "older/younger",
        "bigger/smaller",
        "faster/slower",
        "heavier/lighter",
        "warmer/colder",
        "longer/shorter",
        "wider/narrower",
        "louder/quieter",
        "cheaper/more expensive",
    )
)
THINGS = tuple(
    tuple(words.split("/"))
    for words in (
        "the oak/the pine/the birch",
        "the green car/the white car/the black car",
        "the first bridge/the second bridge/the third bridge",
        "the hotel/the school/the church",
        "the wooden table/the glass table/the stone table",
        "the old phone/the new phone/the broken phone",
        "the left tower/the right tower/the middle tower",
        "the river/the canal/the stream",
        "my coat/your coat/his coat",
        "the morning train/the evening train/the night train",
    )
)
RELATIVES = ("cousin", "friend", "neighbor", "teacher", "boss", "partner")
KINDS = tuple(
    Kind(tuple(wide.split("/")), tuple(narrow.split("/")))
    for wide, narrow in (
        ("birds/bird", "parrots/parrot"),
        ("flowers/flower", "roses/rose"),
        ("vehicles/vehicle", "trucks/truck"),
        ("students/student", "new students/new student"),
        ("musicians/musician", "drummers/drummer"),
        ("workers/worker", "young workers/young worker"),
        ("books/book", "novels/novel"),
        ("fish/fish", "sharks/shark"),
        ("people/person", "women/woman"),
        ("people/person", "old men/old man"),
        ("kids/kid", "boys/boy"),
        ("players/player", "tall players/tall player"),
        ("tools/tool", "hammers/hammer"),
        ("trees/tree", "oaks/oak"),
        ("guests/guest", "foreign guests/foreign guest"),
    )
)
GROUNDS = ("in the garden", "in the hall", "on the island", "in the village", "at the fair", "in the park")
STATES = ("welcome here", "very popular", "easy to see", "in danger", "protected by law", "missing")
COUNTED = tuple(
    (kind, tuple(members.split()))
    for kind, members in (
        ("pieces of fruit", "lemons plums peaches bananas"),
        ("pieces of furniture", "chairs tables beds desks"),
        ("flowers", "roses tulips lilies daisies"),
        ("animals", "cats rabbits ducks goats"),
        ("pieces of clothing", "shirts coats skirts jackets"),
        ("musical instruments", "drums violins guitars flutes"),
    )
)
PLACES_TO_BUY = (
    "at the fair",
    "in town",
    "at the auction",
    "on Friday",
    "for the new house",
    "from a friend",
)
NUMBERS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
SERVED = tuple(
    tuple(words.split("/"))
    for words in (
        "drinks/coffee/milk",
        "eats/porridge/honey",
        "makes/soup/salt",
        "eats/salad/onions",
        "drinks/juice/ice",
        "bakes/bread/seeds",
        "eats/pancakes/syrup",
        "makes/pizza/cheese",
        "drinks/lemonade/mint",
        "cooks/rice/butter",
    )
)
OPPOSITES = tuple(
    tuple(words.split("/"))
    for words in (
        "the cafe/open/closed",
        "the gate/open/closed",
        "the pool/open/closed",
        "the glass/full/empty",
        "the bus/full/empty",
        "the road/wet/dry",
        "the floor/wet/dry",
        "the tea/hot/cold",
        "the plate/hot/cold",
        "the baby/awake/asleep",
        "the guard/awake/asleep",
        "the fish/alive/dead",
        "the answer/right/wrong",
        "the answer/true/false",
        "the lamp/on/off",
        "the radio/on/off",
        "the room/clean/dirty",
        "the shirt/clean/dirty",
        "the team/present/absent",
        "the knife/sharp/blunt",
        "the street/loud/quiet",
        "the door/locked/unlocked",
        "the seat/free/taken",
        "the class/early/late",
    )
)
MOMENTS = ("", " today", " on Sundays", " at night", " in winter", " at noon", " this week")
CITIES = tuple(
    Place(*words.split("/"))
    for words in (
        "Rome/Italy",
        "Madrid/Spain",
        "Berlin/Germany",
        "Tokyo/Japan",
        "Moscow/Russia",
        "Cairo/Egypt",
        "Vienna/Austria",
        "Athens/Greece",
        "Dublin/Ireland",
        "Lisbon/Portugal",
        "Toronto/Canada",
        "Sydney/Australia",
        "Beijing/China",
        "Mumbai/India",
    )
)
EVENTS = ("in the final", "at tennis", "in the race", "at cards", "in the last round", "by two points")
GOODS = ("bike", "car", "camera", "guitar", "boat", "house", "watch", "sofa", "horse", "painting")
