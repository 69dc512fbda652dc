"""The words that readers should not meet."""

import re

AVOIDED = re.compile(
    r"\b(told|tells|at hand|alike|surely|worked out|works out|goes by|to take along|stands(?! for| out)|of one[’']s own|thought away"
    r"|parking place|polled|decide nothing by|speaks? for|nobody doubts|in like ways|sure pairs?)\b|^For \w+ speak|, too\b",
    re.IGNORECASE,
)


def avoided_in(texts: list[str]) -> list[str]:
    """Each of these words with what is around it."""
    return [
        text[max(found.start() - 40, 0) : found.end() + 20]
        for text in texts
        for found in AVOIDED.finditer(text)
    ]
