"""Pages of ranked hits, for any engine: the best candidates in the order of `rank`, the rest in the engine's own."""

from collections.abc import Callable, Sequence

from search.listings.contracts import DEEPEST_HIT, RANKED, Candidate, SearchQuery
from search.listings.engines.cursors import Cursor, Hits, read_cursor
from search.listings.rules.ranking import Ranked, rank

Row = tuple[float, int]
"""A hit's place in an order, highest first: its value and its listing id."""

ListBehind = Callable[[Row, int, int], Sequence[Row]]
"""Hits in the engine's order behind a row, without so many of them (skip), at most so many (size)."""


def list_ranked_hits(query: SearchQuery, candidates: Sequence[Candidate], list_behind: ListBehind) -> Hits:
    """The page that a query asks for. `candidates` are the engine's best, `RANKED` of them if there are so many.

    A cursor among the ranked holds a rank value, one behind them the engine's score: which it is, `shown` tells.
    """
    cursor = read_cursor(query.after, query.sort)
    skip = cursor.shown if cursor else (query.page - 1) * query.size
    edge = _find_edge(candidates)
    rows: list[Row] = []
    if skip < RANKED:
        rows = _list_ranked(rank(candidates), cursor, skip)[: query.size + 1]
    if len(rows) <= query.size and edge is not None:
        wanted = query.size + 1 - len(rows)
        if cursor and skip >= RANKED:
            rows += list_behind((cursor.value, cursor.listing_id), 0, wanted)
        else:
            rows += list_behind(edge, max(0, skip - RANKED), wanted)
    shown = skip + min(len(rows), query.size)
    page = rows[: query.size]
    if len(rows) <= query.size or shown >= DEEPEST_HIT:
        return Hits(tuple(listing_id for _, listing_id in page), "")
    value, listing_id = edge if edge and shown == RANKED else page[-1]
    following = Cursor(query.sort, value, listing_id, shown).encode()
    return Hits(tuple(listing_id for _, listing_id in page), following)


def _find_edge(candidates: Sequence[Candidate]) -> Row | None:
    """The last candidate in the engine's order, behind which the unranked begin; None when all hits are candidates."""
    if len(candidates) < RANKED:
        return None
    return candidates[-1].score, candidates[-1].listing_id


def _list_ranked(ranked: Sequence[Ranked], cursor: Cursor | None, skip: int) -> list[Row]:
    rows = [(one.value, one.candidate.listing_id) for one in ranked]
    if cursor is None:
        return rows[skip:]
    return [row for row in rows if row < (cursor.value, cursor.listing_id)]
