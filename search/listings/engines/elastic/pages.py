"""One page of hits: total orders, and going on after a cursor."""

from search.listings.contracts import RANKED, Candidate, SearchQuery
from search.listings.engines.cursors import Hits, count_skipped, cut_page, read_cursor
from search.listings.engines.elastic.client import Json
from search.listings.engines.elastic.filters import filter_by
from search.listings.engines.elastic.words import Words
from search.listings.engines.fields import SORT_FIELDS
from search.listings.engines.filters import Filters
from search.listings.engines.paging import Row

_BY_SCORE = [{"_score": "desc"}, {"listing_id": "desc"}]


def ask_page(query: SearchQuery, words: Words, filters: Filters) -> Json:
    """The request for the page in the order of a field, and for how many hits there are in all."""
    cursor = read_cursor(query.after, query.sort)
    field, highest_first = SORT_FIELDS[query.sort]
    request: Json = {
        "query": filter_by(words.matching, filters),
        "size": query.size + 1,
        "from": count_skipped(query, cursor),
        "sort": [{field: "desc" if highest_first else "asc"}, {"listing_id": "desc"}],
        "track_total_hits": True,
        "_source": False,
    }
    if cursor is not None:
        request["search_after"] = [int(cursor.value), cursor.listing_id]
    return request


def ask_candidates(words: Words, filters: Filters) -> Json:
    """The request for the best hits by score, and for how many hits there are in all."""
    return {
        "query": filter_by(words.scoring, filters, scored=True),
        "size": RANKED,
        "sort": _BY_SCORE,
        "docvalue_fields": ["leaf_id", "appeal"],
        "track_total_hits": True,
        "_source": False,
    }


def ask_behind(words: Words, filters: Filters, row: Row, size: int) -> Json:
    """The request for hits by score behind one of them."""
    return {
        "query": filter_by(words.scoring, filters, scored=True),
        "size": size,
        "sort": _BY_SCORE,
        "search_after": list(row),
        "track_total_hits": False,
        "_source": False,
    }


def read_page(answer: Json, query: SearchQuery) -> Hits:
    """The page out of the answer."""
    return cut_page(read_rows(answer), query, read_cursor(query.after, query.sort))


def read_rows(answer: Json) -> list[Row]:
    """The hits' places in the order."""
    return [(hit["sort"][0], int(hit["sort"][1])) for hit in answer["hits"]["hits"]]


def read_candidates(answer: Json) -> list[Candidate]:
    """The best hits with what ranking needs to know of them."""
    hits = answer["hits"]["hits"]
    return [
        Candidate(int(hit["sort"][1]), hit["sort"][0], hit["fields"]["leaf_id"][0], hit["fields"]["appeal"][0])
        for hit in hits
    ]
