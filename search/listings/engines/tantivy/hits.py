"""One page of hits: total orders, and going on after a cursor."""

from dataclasses import dataclass
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from search.listings.contracts import DEEPEST_HIT, SearchQuery, Sort
from search.listings.engines.cursors import Cursor, read_cursor

# Sort: the field and whether the highest comes first. The highest id comes first among equals.
FIELD_SORTS = {
    Sort.BEST: ("demand", True),
    Sort.SALES: ("sold_30d", True),
    Sort.NEWEST: ("created_at", True),
    Sort.PRICE_UP: ("price", False),
    Sort.PRICE_DOWN: ("price", True),
    Sort.RATING: ("rating", True),
}
_HIGHEST = 2**63 - 1
DEEPEST_TIE = 16 * DEEPEST_HIT
_ROOM_FOR_TIES = 17


@dataclass(frozen=True, slots=True)
class Hits:
    """The ids of a page in order, and where the next one goes on."""

    listing_ids: tuple[int, ...]
    next_cursor: str


def list_hits(
    schema: tantivy.Schema, searcher: tantivy.Searcher, found: Query, query: SearchQuery, *, scored: bool
) -> Hits:
    """The page that the query asks for, of the documents found."""
    cursor = read_cursor(query.after, query.sort)
    skip = 0 if cursor else (query.page - 1) * query.size
    if scored:
        rows = _list_by_score(searcher, found, query.size + 1, skip, cursor)
    else:
        rows = _list_by_field(schema, searcher, found, query, skip, cursor)
    shown = (cursor.shown if cursor else skip) + min(len(rows), query.size)
    page = rows[: query.size]
    more = len(rows) > query.size and shown < DEEPEST_HIT
    following = Cursor(query.sort, page[-1][0], page[-1][1], shown).encode() if more else ""
    return Hits(tuple(listing_id for _, listing_id in page), following)


def _list_by_field(
    schema: tantivy.Schema,
    searcher: tantivy.Searcher,
    found: Query,
    query: SearchQuery,
    skip: int,
    cursor: Cursor | None,
) -> list[tuple[float, int]]:
    field, highest_first = FIELD_SORTS[query.sort]
    if cursor is not None:
        found = Query.boolean_query([(Occur.Must, found), (Occur.Must, _after(schema, field, highest_first, cursor))])
    if skip and skip >= (searcher.search(found, 1).count or 0):  # type: ignore[attr-defined]
        return []  # tantivy's top_hits cannot begin behind its end
    request = {
        "size": query.size + 1,
        "from": skip,
        "sort": [{field: "desc" if highest_first else "asc"}, {"listing_id": "desc"}],
        "docvalue_fields": ["listing_id"],
    }
    answer: dict[str, Any] = searcher.aggregate(found, {"page": {"top_hits": request}})  # Elasticsearch's JSON
    return [(hit["sort"][0] or 0, hit["docvalue_fields"]["listing_id"][0]) for hit in answer["page"]["hits"]]


def _after(schema: tantivy.Schema, field: str, highest_first: bool, cursor: Cursor) -> Query:
    """Documents behind the cursor: a worse value, or the same and a lower id."""
    value = int(cursor.value)
    behind = _between(schema, field, 0, value - 1) if highest_first else _between(schema, field, value + 1, _HIGHEST)
    same = Query.boolean_query(
        [
            (Occur.Must, _between(schema, field, value, value)),
            (Occur.Must, _between(schema, "listing_id", 0, cursor.listing_id - 1)),
        ]
    )
    return Query.const_score_query(Query.boolean_query([(Occur.Should, behind), (Occur.Should, same)]), 0.0)


def _between(schema: tantivy.Schema, field: str, low: int, high: int) -> Query:
    if low > high:
        return Query.empty_query()
    return Query.range_query(schema, field, FieldType.Unsigned, low, high)


def _list_by_score(
    searcher: tantivy.Searcher, found: Query, size: int, skip: int, cursor: Cursor | None
) -> list[tuple[float, int]]:
    """Hits by score and id. tantivy breaks ties by place in the index, so hits that tie with the last are not sure."""
    limit = size + (cursor.shown if cursor else skip) + _ROOM_FOR_TIES
    while True:
        hits = searcher.search(found, limit=limit, count=False, weight_by_field="weight").hits
        ids = searcher.fast_field_values("listing_id", [address for _, address in hits])
        rows = sorted(((score, int(pk or 0)) for (score, _), pk in zip(hits, ids, strict=True)), reverse=True)
        all_seen = len(hits) < limit or limit > DEEPEST_TIE
        sure = rows if all_seen else [row for row in rows if row[0] > hits[-1][0]]
        if cursor is not None:
            sure = [row for row in sure if row < (cursor.value, cursor.listing_id)]
        if all_seen or len(sure) >= skip + size:
            return sure[skip : skip + size]
        limit *= 4
