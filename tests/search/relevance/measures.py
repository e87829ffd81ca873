"""What a ranking is worth, and how far two readers agree. Pure."""

import math
from collections.abc import Mapping, Sequence

DEPTH = 10
HIGHEST = 3


def measure_ndcg(ranking: Sequence[str], grades: Mapping[str, int]) -> float | None:
    """NDCG@10 with gain 2^grade - 1 and discount log2(place + 1); an unjudged product gains nothing.

    None where no judged product is of any use, so that no order is better than another.
    """
    ideal = _sum_gains(sorted(grades.values(), reverse=True))
    return _sum_gains([grades.get(product, 0) for product in ranking]) / ideal if ideal else None


def measure_condensed_ndcg(ranking: Sequence[str], grades: Mapping[str, int]) -> float | None:
    """NDCG@10 of the judged products alone, as if the others had not been found (Sakai 2007, condensed lists)."""
    return measure_ndcg([product for product in ranking if product in grades], grades)


def count_unjudged(ranking: Sequence[str], grades: Mapping[str, int]) -> int:
    """How many of the first ten nobody has judged."""
    return sum(product not in grades for product in ranking[:DEPTH])


def _sum_gains(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades[:DEPTH], start=1))


def share_within(pairs: Sequence[tuple[int, int]], *, distance: int) -> float:
    """The share of pairs of grades that lie at most so far apart."""
    return sum(abs(one - other) <= distance for one, other in pairs) / len(pairs)


def measure_kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968): 1 for full agreement, 0 for what chance gives."""
    seen = sum((one - other) ** 2 for one, other in pairs) / len(pairs)
    firsts, seconds = [one for one, _ in pairs], [other for _, other in pairs]
    by_chance = (
        sum(
            (one - other) ** 2 * firsts.count(one) * seconds.count(other)
            for one in range(HIGHEST + 1)
            for other in range(HIGHEST + 1)
        )
        / len(pairs) ** 2
    )
    return 1 - seen / by_chance if by_chance else 1.0
