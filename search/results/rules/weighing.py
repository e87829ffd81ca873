"""How much a count weighs as it ages, and how strongly two listings belong together."""

import math
from datetime import UTC, date, datetime

from search.results.contracts import Bond

HALF_LIFE_DAYS = {Bond.LOOKED: 30, Bond.BOUGHT: 180}
LEAST_TIMES = {Bond.LOOKED: 3, Bond.BOUGHT: 2}
"""Fewer are shown to nobody: chance, and one person's own doings."""
SHRINKAGE = {Bond.LOOKED: 4.0, Bond.BOUGHT: 1.0}
_BEGINNING = date(2026, 1, 1)


def weigh(bond: Bond, day: date) -> float:
    """What one count of this day adds to a stored weight.

    Forward decay (Cormode, Shkapenyuk, Srivastava, Xu: Forward Decay, ICDE 2009): later counts weigh more instead of
    earlier ones being made lighter, so that a stored weight is a plain sum, in any order, and nothing is ever gone
    through to age it. Doubles hold the growth of a half-life of thirty days for eighty years.
    """
    return math.exp2((day - _BEGINNING).days / HALF_LIFE_DAYS[bond])


def score_pair(bond: Bond, *, together: float, one: float, other: float, now: datetime) -> float:
    """0 to 1: the cosine of two listings, shrunk where it rests on little. Weights as they are stored.

    The cosine divides by how often each is looked at at all, so that what everybody looks at belongs to nothing.
    """
    if together <= 0 or one <= 0 or other <= 0:
        return 0.0
    cosine = min(1.0, together / (math.sqrt(one) * math.sqrt(other)))
    counts = together / weigh(bond, now.astimezone(UTC).date())
    return cosine * counts / (counts + SHRINKAGE[bond])
