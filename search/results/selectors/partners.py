"""Partners of listings as they are counted, strongest first. Who of them may be shown is asked elsewhere."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from search.results.contracts import Bond, Partner
from search.results.rules.weighing import LEAST_TIMES, score_pair

_READ = """
SELECT pair.listing_id, pair.bond, pair.partner_id, pair.weight, pair.times, mine.weight, its.weight
FROM results_pair pair
JOIN results_tally mine ON mine.listing_id = pair.listing_id AND mine.bond = pair.bond
JOIN results_tally its ON its.listing_id = pair.partner_id AND its.bond = pair.bond
WHERE pair.listing_id = ANY(%s)
"""


def list_partners(listing_ids: Sequence[int], *, now: datetime) -> dict[int, list[Partner]]:
    """What belongs to each of these, by either bond: one statement. Too rare pairs are left out."""
    if not listing_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(listing_ids)])
        rows = cursor.fetchall()
    found: dict[int, list[Partner]] = defaultdict(list)
    for listing_id, name, partner_id, together, times, mine, its in rows:
        bond = Bond(name)
        if times >= LEAST_TIMES[bond]:
            score = score_pair(bond, together=together, one=mine, other=its, now=now)
            found[int(listing_id)].append(Partner(int(partner_id), bond, score, int(times)))
    return {pk: sorted(row, key=lambda one: (-one.score, one.listing_id)) for pk, row in found.items()}
