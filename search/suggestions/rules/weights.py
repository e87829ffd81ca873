"""How much a phrase is sought, and whether it may be shown."""

import math

from search.suggestions.contracts import Kind

FEWEST_LISTINGS = 2
"""Words of one listing only are its own affair: they are found, but suggested to nobody."""

_STEPS = 8  # a doubling of what is sought is so many steps
_EXTRA = {Kind.CATEGORY: 3 * _STEPS, Kind.BRAND: 2 * _STEPS, Kind.WORDS: 0}


def weigh(kind: Kind, *, listings: int, sold: int) -> int:
    """The logarithm of listings and sales of thirty days, in steps; categories and brands are surer guesses."""
    return round(_STEPS * math.log2(1 + listings + sold)) + _EXTRA[kind]


def may_be_shown(kind: Kind, *, listings: int) -> bool:
    """Nothing without goods; words only when several listings are about them."""
    return listings >= (FEWEST_LISTINGS if kind is Kind.WORDS else 1)


def is_nearly_all(part: int, whole: int) -> bool:
    """Nine tenths or more: enough to say where the goods are."""
    return part * 10 >= whole * 9
