"""Which model of a series a text means: an "iPhone 11 Pro" is no "iPhone 11". Loads the dictionary of Chinese words."""

import re
from collections.abc import Iterator, Sequence

from search.tokens.chinese import tokenize

MOST_NUMBERS = 12
# Behind a number these name another model of the same series.
_NAMES = "pro plus max lite mini ultra se xl xr xs air neo note youth 青春版 青春 尊享版 尊享 至尊版 活力版 增强版"
VARIANTS = frozenset(word for name in _NAMES.split() for word in tokenize(name).row)
# 11, p30, mate20; no measure (64gb), no article number (tn-2110).
_NUMBER = re.compile(r"[a-z]{0,5}\d{1,3}")


def list_plain_numbers(*rows: Sequence[str]) -> list[str]:
    """The numbers in rows of words that no name of a variant follows: of "iPhone 11 Pro" none."""
    return list(dict.fromkeys(number for row in rows for number in _list_plain(row)))[:MOST_NUMBERS]


def _list_plain(row: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(row):
        if _NUMBER.fullmatch(word) and not (place + 1 < len(row) and row[place + 1] in VARIANTS):
            yield word
