"""One page of hits: total orders, and going on after a cursor."""

from search.listings.contracts import SearchQuery
from search.listings.engines.cursors import Hits, count_skipped, cut_page, read_cursor
from search.listings.engines.elastic.client import Json
from search.listings.engines.elastic.filters import filter_by
from search.listings.engines.elastic.words import Words
from search.listings.engines.fields import SORT_FIELDS
from search.listings.engines.filters import Filters


def ask_page(query: SearchQuery, words: Words, filters: Filters, *, scored: bool) -> Json:
    """The request for the page and for how many hits there are in all."""
    cursor = read_cursor(query.after, query.sort)
    request: Json = {
        "query": _lift(filter_by(words.scoring, filters, scored=True))
        if scored
        else filter_by(words.matching, filters),
        "size": query.size + 1,
        "from": count_skipped(query, cursor),
        "sort": [_name_order(query, scored=scored), {"listing_id": "desc"}],
        "track_total_hits": True,
        "_source": False,
    }
    if cursor is not None:
        request["search_after"] = [cursor.value if scored else int(cursor.value), cursor.listing_id]
    return request


def read_page(answer: Json, query: SearchQuery) -> Hits:
    """The page out of the answer."""
    rows = [(hit["sort"][0], int(hit["sort"][1])) for hit in answer["hits"]["hits"]]
    return cut_page(rows, query, read_cursor(query.after, query.sort))


def _lift(found: Json) -> Json:
    """Demand multiplies the score."""
    demand = {"field": "factor", "missing": 1}
    return {"function_score": {"query": found, "field_value_factor": demand, "boost_mode": "multiply"}}


def _name_order(query: SearchQuery, *, scored: bool) -> Json:
    field, highest_first = SORT_FIELDS[query.sort]
    return {"_score": "desc"} if scored else {field: "desc" if highest_first else "asc"}
