"""One page of hits: total orders, and going on after a cursor; and the candidates of ranking."""

from operator import itemgetter
from typing import Any, NamedTuple

import tantivy
from tantivy import FieldType, Occur, Query

from search.listings.contracts import DEEPEST_HIT, RANKED, Candidate, SearchQuery
from search.listings.engines.cursors import Cursor, Hits, count_skipped, cut_page, read_cursor
from search.listings.engines.fields import SORT_FIELDS
from search.listings.engines.paging import Row, list_ranked_hits

_HIGHEST = 2**63 - 1
DEEPEST_TIE = 16 * DEEPEST_HIT
_ROOM_FOR_TIES = 17


def list_hits(schema: tantivy.Schema, searcher: tantivy.Searcher, found: Query, query: SearchQuery) -> Hits:
    """The page that the query asks for, of the documents found, in the order of a field."""
    cursor = read_cursor(query.after, query.sort)
    rows = _list_by_field(schema, searcher, found, query, count_skipped(query, cursor), cursor)
    return cut_page(rows, query, cursor)


def list_best_hits(searcher: tantivy.Searcher, found: Query, query: SearchQuery) -> tuple[Hits, int]:
    """The page that the query asks for, of the documents found, best match first; and how many are found."""

    def list_behind(row: Row, skip: int, size: int) -> list[Row]:
        return _list_behind(searcher, found, row, skip + size)[skip:]

    candidates, total = list_candidates(searcher, found)
    return list_ranked_hits(query, candidates, list_behind), total


def list_candidates(searcher: tantivy.Searcher, found: Query) -> tuple[list[Candidate], int]:
    """The best of the documents found, by score and id; and how many are found."""
    scored = _list_scored(searcher, found, RANKED)
    best = scored.rows[:RANKED]
    addresses = [address for _, address in best]
    leafs = searcher.fast_field_values("leaf_id", addresses)
    appeals = searcher.fast_field_values("appeal", addresses)
    candidates = [
        Candidate(listing_id, score, int(leaf or 0), int(appeal or 0))
        for ((score, listing_id), _), leaf, appeal in zip(best, leafs, appeals, strict=True)
    ]
    return candidates, scored.total


def _list_behind(searcher: tantivy.Searcher, found: Query, row: Row, size: int) -> list[Row]:
    """Hits by score and id behind a row."""
    limit = RANKED + size
    while True:
        scored = _list_scored(searcher, found, limit)
        behind = [one for one, _ in scored.rows if one < row]
        if scored.are_all or len(behind) >= size:
            return behind[:size]
        limit *= 4


class _Scored(NamedTuple):
    """Hits with their addresses, whether they are all, and how many there are."""

    rows: list[tuple[Row, tantivy.DocAddress]]
    are_all: bool
    total: int


def _list_scored(searcher: tantivy.Searcher, found: Query, least: int) -> _Scored:
    """The best hits by score and id, so many at least or all. They are counted on the way, which costs nothing.

    tantivy breaks ties by place in the index, so hits that tie with the last one seen are not sure and left out.
    """
    limit = least + _ROOM_FOR_TIES
    while True:
        answer = searcher.search(found, limit=limit, count=True)
        hits = answer.hits
        addresses = [address for _, address in hits]
        ids = searcher.fast_field_values("listing_id", addresses)
        are_all = len(hits) < limit
        last = hits[-1][0] if hits else 0.0
        scored = [
            ((score, int(pk or 0)), address)
            for (score, address), pk in zip(hits, ids, strict=True)
            if are_all or limit > DEEPEST_TIE or score > last
        ]
        if are_all or limit > DEEPEST_TIE or len(scored) >= least:
            scored.sort(key=itemgetter(0), reverse=True)
            return _Scored(scored, are_all or limit > DEEPEST_TIE, int(getattr(answer, "count", 0) or 0))
        limit *= 4


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


def find_position(searcher: tantivy.Searcher) -> int:
    """The highest change number among the documents; 0 without any."""
    found = searcher.search(Query.all_query(), limit=1, count=False, order_by_field="change_no")
    return int(found.hits[0][0]) if found.hits else 0
