"""Adding to the sums of pairs and tallies, and keeping of each listing the strongest partners only."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar

from django.db import connection

from search.results.contracts import Bond
from search.results.rules.pairing import PairIds
from search.results.rules.weighing import weigh

MOST_PARTNERS = 50
Key = TypeVar("Key", int, PairIds)


def add_counts(bond: Bond, *, pairs: Mapping[date, Counter[PairIds]], listings: Mapping[date, Counter[int]]) -> None:
    """Add counts of days to the sums (step). A listing that has too many partners loses its weakest."""
    tally_weights, tally_times = _sum_up(bond, listings)
    pair_weights, pair_times = _sum_up(bond, pairs)
    _add_tallies(bond, tally_weights, tally_times)
    sides = sorted({(one, other) for low, high in pair_times for one, other in ((low, high), (high, low))})
    if not sides:
        return
    ordered = [(one, other) if one < other else (other, one) for one, other in sides]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO results_pair AS pair (bond, listing_id, partner_id, weight, times)"
            " SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::float8[], %s::int[])"
            " ON CONFLICT (listing_id, bond, partner_id) DO UPDATE"
            " SET weight = pair.weight + excluded.weight, times = pair.times + excluded.times",
            [
                bond.value,
                [one for one, _ in sides],
                [other for _, other in sides],
                [pair_weights[pair] for pair in ordered],
                [pair_times[pair] for pair in ordered],
            ],
        )
    _drop_weakest(bond, sorted({one for one, _ in sides}))


def _sum_up(bond: Bond, counts: Mapping[date, Counter[Key]]) -> tuple[dict[Key, float], Counter[Key]]:
    weights: dict[Key, float] = {}
    times: Counter[Key] = Counter()
    for day in sorted(counts):
        for key, count in counts[day].items():
            weights[key] = weights.get(key, 0.0) + count * weigh(bond, day)
            times[key] += count
    return weights, times


def _add_tallies(bond: Bond, weights: Mapping[int, float], times: Mapping[int, int]) -> None:
    wanted = sorted(times)
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO results_tally AS tally (bond, listing_id, weight, times)"
            " SELECT %s, * FROM unnest(%s::bigint[], %s::float8[], %s::int[])"
            " ON CONFLICT (listing_id, bond) DO UPDATE"
            " SET weight = tally.weight + excluded.weight, times = tally.times + excluded.times",
            [bond.value, wanted, [weights[pk] for pk in wanted], [times[pk] for pk in wanted]],
        )


def _drop_weakest(bond: Bond, listing_ids: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM results_pair WHERE id IN ("
            " SELECT id FROM (SELECT id, row_number() OVER"
            " (PARTITION BY listing_id ORDER BY weight DESC, times DESC, partner_id) AS place"
            " FROM results_pair WHERE bond = %s AND listing_id = ANY(%s)) AS placed WHERE place > %s)",
            [bond.value, list(listing_ids), MOST_PARTNERS],
        )
