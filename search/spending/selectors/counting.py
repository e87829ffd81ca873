"""What ads were seen and clicked, for whoever judges them."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from search.auction.contracts import TokenKind

_COUNT = """
SELECT e.ad_id, e.kind, e.place, count(*) FROM spending_adevent AS e
WHERE e.day >= %s AND e.reason = '' AND NOT EXISTS (
    SELECT FROM spending_correction AS c WHERE c.day = e.day AND c.token = e.token AND c.kind = 'credited')
GROUP BY e.ad_id, e.kind, e.place ORDER BY e.ad_id, e.kind, e.place
"""


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """How many valid events of a kind an ad had at a place (from 1)."""

    ad_id: int
    kind: TokenKind
    place: int
    events: int


def count_by_place(*, since: date) -> list[PlaceCount]:
    """Valid views and clicks of all ads since a business day, without what was given back later: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [since])
        return [PlaceCount(ad, TokenKind(kind), place, events) for ad, kind, place, events in cursor.fetchall()]
