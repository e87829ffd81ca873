"""Where the next page goes on: the sort and the last hit's place in it, for any engine."""

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from search.listings.contracts import DEEPEST_HIT, BadQuery, SearchQuery, Sort

LONGEST_CURSOR = 200
_HIGHEST_VALUE = 2.0**62


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
    if not math.isfinite(cursor.value) or max(abs(cursor.value), cursor.listing_id) > _HIGHEST_VALUE:
        raise BadQuery("This cursor is out of range.")
    return cursor


@dataclass(frozen=True, slots=True)
class Hits:
    """The ids of a page in order, and where the next one goes on."""

    listing_ids: tuple[int, ...]
    next_cursor: str


def count_skipped(query: SearchQuery, cursor: Cursor | None) -> int:
    """How many hits of those after the cursor come before the page."""
    return 0 if cursor else (query.page - 1) * query.size


def cut_page(rows: Sequence[tuple[float, int]], query: SearchQuery, cursor: Cursor | None) -> Hits:
    """The page out of its hits and, if there is one, the first of the next: each a value in the order and an id."""
    page = rows[: query.size]
    shown = (cursor.shown if cursor else count_skipped(query, cursor)) + len(page)
    more = len(rows) > query.size and shown < DEEPEST_HIT
    following = Cursor(query.sort, page[-1][0], page[-1][1], shown).encode() if more else ""
    return Hits(tuple(listing_id for _, listing_id in page), following)
