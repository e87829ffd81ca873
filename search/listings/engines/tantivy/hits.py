"""One page of hits: total orders, and going on after a cursor."""

from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from search.listings.contracts import DEEPEST_HIT, SearchQuery
from search.listings.engines.cursors import Cursor, Hits, count_skipped, cut_page, read_cursor
from search.listings.engines.fields import SORT_FIELDS

_HIGHEST = 2**63 - 1
DEEPEST_TIE = 16 * DEEPEST_HIT
_ROOM_FOR_TIES = 17


def list_hits(
    schema: tantivy.Schema, searcher: tantivy.Searcher, found: Query, query: SearchQuery, *, scored: bool
) -> Hits:
    """The page that the query asks for, of the documents found."""
    cursor = read_cursor(query.after, query.sort)
    skip = count_skipped(query, cursor)
    if scored:
        rows = _list_by_score(searcher, found, query.size + 1, skip, cursor)
    else:
        rows = _list_by_field(schema, searcher, found, query, skip, cursor)
    return cut_page(rows, query, cursor)


def _list_by_field(
    schema: tantivy.Schema,
    searcher: tantivy.Searcher,
    found: Query,
    query: SearchQuery,
    skip: int,
    cursor: Cursor | None,
) -> list[tuple[float, int]]:
    field, highest_first = SORT_FIELDS[query.sort]
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
