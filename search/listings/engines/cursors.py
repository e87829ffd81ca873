"""Where the next page goes on: the sort and the last hit's place in it, for any engine."""

import base64
import json
from dataclasses import dataclass

from search.listings.contracts import DEEPEST_HIT, BadQuery, Sort

LONGEST_CURSOR = 200


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last hit of a page: its value in the order, its id, and how many hits have been shown so far."""

    sort: Sort
    value: float
    listing_id: int
    shown: int

    def encode(self) -> str:
        """As a word for an address."""
        plain = json.dumps([self.sort.value, self.value, self.listing_id, self.shown], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str, sort: Sort) -> Cursor | None:
    """The cursor of a query, None for the first page. Raises `BadQuery` for one that is not ours or of another sort."""
    if not text:
        return None
    try:
        padded = text[:LONGEST_CURSOR] + "=" * (-len(text) % 4)
        name, value, listing_id, shown = json.loads(base64.urlsafe_b64decode(padded))
        cursor = Cursor(Sort(name), value + 0, int(listing_id), int(shown))
    except (ValueError, TypeError) as error:
        raise BadQuery("This cursor is not ours.") from error
    if cursor.sort is not sort or not 0 < cursor.shown <= DEEPEST_HIT or cursor.listing_id < 0:
        raise BadQuery("This cursor belongs to another question.")
    return cursor
