"""Reading the index through its alias. A question is one round trip, or two where counts need a second look."""

import time
from collections.abc import Mapping, Sequence

from search.listings.contracts import (
    Candidate,
    EngineAnswer,
    EngineDown,
    Facet,
    FacetKind,
    NoIndex,
    QueryTerm,
    Question,
    SearchQuery,
    Sort,
)
from search.listings.engines.cursors import Hits
from search.listings.engines.elastic.client import Json, connect, failures_named
from search.listings.engines.elastic.counts import AGGREGATIONS, FacetQuestions
from search.listings.engines.elastic.filters import filter_by
from search.listings.engines.elastic.mapping import POSITION_ID
from search.listings.engines.elastic.pages import (
    ask_behind,
    ask_candidates,
    ask_page,
    read_candidates,
    read_page,
    read_rows,
)
from search.listings.engines.elastic.words import NO_WORDS, Words, match_words
from search.listings.engines.fields import VERSION
from search.listings.engines.filters import Filters
from search.listings.engines.paging import Row, list_ranked_hits
from search.listings.engines.weights import FEW, count_needed

GENERATION_SECONDS = 0.1
"""How long a process takes the generation for what it was: pages ask for it, and most would otherwise ask only that."""
_AT_ONCE = 5_000
_KEPT_ALIVE = "1m"
_PATIENT_SECONDS = 30.0


class ElasticEngine:
    """The engine over the index that an alias names; safe to share between threads."""

    name = "elastic"

    def __init__(self, url: str, alias: str, *, timeout_seconds: float) -> None:
        self._client = connect(url, timeout_seconds=timeout_seconds)
        self._alias = alias
        self._generation = ("", 0.0)

    def read_generation(self) -> str:
        """The index and the position in it. Raises `NoIndex` without an index of this version."""
        generation, seen_at = self._generation
        now = time.monotonic()
        if now - seen_at > GENERATION_SECONDS:
            generation = self._ask_generation()
            self._generation = (generation, now)
        return generation

    def read_position(self) -> int:
        """The number that was written after the last batch that is wholly in the index."""
        return int(self._ask_generation().rpartition(":")[2])

    def search(self, question: Question, *, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        """Hits, total and facets. All terms are wanted; where few documents have all, those that have most follow."""
        if question.is_unreadable:
            return EngineAnswer((), 0)
        filters = Filters.of(question.query, closed_shop_ids)
        terms = question.terms
        words = match_words(terms) if terms else NO_WORDS
        with failures_named():
            answer = self._answer(question, words, filters)
            if len(terms) < 2 or answer.total - len(question.query.pinned) >= FEW:
                return answer
            wider, did_relax = self._widen_words(terms, words, closed_shop_ids)
            return answer if wider is words else self._answer(question, wider, filters, did_relax=did_relax)

    def list_candidates(self, question: Question, *, closed_shop_ids: frozenset[int]) -> Sequence[Candidate]:
        """The best hits by score, before they are ranked; none for a question without words."""
        terms = question.terms
        if not terms:
            return []
        filters = Filters.of(question.query, closed_shop_ids)
        words = match_words(terms)
        with failures_named():
            if len(terms) > 1:
                words, _ = self._widen_words(terms, words, closed_shop_ids)
            (answer,) = self._ask([ask_candidates(words, filters)])
        return read_candidates(answer)

    def count_categories(self, *, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        """How many listings each category holds."""
        kind = FacetKind.CATEGORY.value
        everything = filter_by(NO_WORDS.matching, Filters.of(SearchQuery(), closed_shop_ids))
        request = {"query": everything, "size": 0, "aggs": {kind: AGGREGATIONS[kind]}}
        with failures_named():
            (answer,) = self._ask([request])
        return {int(bucket["key"]): bucket["doc_count"] for bucket in answer["aggregations"][kind]["buckets"]}

    def list_parked(self) -> Mapping[int, str]:
        """Listings that the engine refused, with why; at most a thousand. The next change of one tries again."""
        with failures_named():
            found = self._client.search(index=self._alias, query={"exists": {"field": "parked"}}, size=1_000)
        sources = (hit["_source"] for hit in found["hits"]["hits"])
        return {int(source["listing_id"]): str(source["parked"]) for source in sources}

    def list_versions(self) -> Mapping[int, int]:
        """The version of every listing in the index, read page by page at one moment of the index."""
        versions: dict[int, int] = {}
        client = self._client.options(request_timeout=_PATIENT_SECONDS)
        with failures_named():
            moment = client.open_point_in_time(index=self._alias, keep_alive=_KEPT_ALIVE)["id"]
            after: list[int] | None = None
            while True:
                found = client.search(
                    pit={"id": moment, "keep_alive": _KEPT_ALIVE},
                    query={"term": {"shown": True}},
                    sort=[{"listing_id": "asc"}],
                    docvalue_fields=[{"field": "version"}],
                    source=False,
                    size=_AT_ONCE,
                    search_after=after,
                    track_total_hits=False,
                )["hits"]["hits"]
                versions.update((int(hit["sort"][0]), int(hit["fields"]["version"][0])) for hit in found)
                if len(found) < _AT_ONCE:
                    break
                after = found[-1]["sort"][:1]
            client.close_point_in_time(id=moment)
        return versions

    def _answer(self, question: Question, words: Words, filters: Filters, *, did_relax: bool = False) -> EngineAnswer:
        query = question.query
        is_ranked = bool(question.terms) and query.sort is Sort.BEST
        page_request = ask_candidates(words, filters) if is_ranked else ask_page(query, words, filters)
        facets: tuple[Facet, ...] = ()
        if query.with_facets:
            page, facets = self._ask_with_facets(page_request, FacetQuestions(words.matching, filters))
        else:
            (page,) = self._ask([page_request])
        hits = self._rank(page, query, words, filters) if is_ranked else read_page(page, query)
        return EngineAnswer(hits.listing_ids, page["hits"]["total"]["value"], facets, hits.next_cursor, did_relax)

    def _rank(self, page: Json, query: SearchQuery, words: Words, filters: Filters) -> Hits:
        def list_behind(row: Row, skip: int, size: int) -> list[Row]:
            (answer,) = self._ask([ask_behind(words, filters, row, skip + size)])
            return read_rows(answer)[skip:]

        return list_ranked_hits(query, read_candidates(page), list_behind)

    def _ask_with_facets(self, page_request: Json, questions: FacetQuestions) -> tuple[Json, tuple[Facet, ...]]:
        page, *apart = self._ask([{**page_request, "aggs": questions.ask_with_page()}, *questions.list_apart()])
        attributes = questions.choose_attributes(page, apart)
        request = questions.ask_doubtful(attributes)
        doubtful = self._ask([request])[0] if request else None
        return page, questions.make_facets(page, apart, attributes, doubtful)

    def _widen_words(
        self, terms: Sequence[QueryTerm], words: Words, closed_shop_ids: frozenset[int]
    ) -> tuple[Words, bool]:
        """The same words where enough listings have all, else wider ones; and whether no listing has all.

        Filters have no say in it: they never add hits.
        """
        found = self._count_few(words, closed_shop_ids)
        if found >= FEW:
            return words, False
        most = match_words(terms, least=count_needed(terms))
        if found or self._count_few(most, closed_shop_ids):
            return most, not found
        return match_words(terms, least=1), True

    def _count_few(self, words: Words, closed_shop_ids: frozenset[int]) -> int:
        """How many listings of open shops have the words, counted as far as `FEW`."""
        everything = filter_by(words.matching, Filters.of(SearchQuery(), closed_shop_ids))
        (answer,) = self._ask([{"query": everything, "size": 0, "track_total_hits": FEW}])
        return int(answer["hits"]["total"]["value"])

    def _ask(self, requests: Sequence[Json]) -> list[Json]:
        """All requests in one round trip. Raises `EngineDown` when the answer to any is not whole."""
        lines: list[Json] = []
        for request in requests:
            lines += [{}, request]
        answers: list[Json] = self._client.msearch(index=self._alias, searches=lines)["responses"]
        for answer in answers:
            if answer.get("error"):
                raise _name_failure(answer)
            if answer["timed_out"] or answer["_shards"]["failed"]:
                raise EngineDown("Elasticsearch answered for a part of the index only.")
        return answers

    def _ask_generation(self) -> str:
        with failures_named():
            found = self._client.get(index=self._alias, id=POSITION_ID)
        index = str(found["_index"])
        if not index.startswith(f"{self._alias}-v{VERSION}-"):
            raise NoIndex(f"The index {index} is of another version.")
        return f"{index}:{found['_source']['position']}"


def _name_failure(answer: Json) -> EngineDown:
    error = answer["error"]
    said = f"{error.get('type')}: {error.get('reason')}"
    return NoIndex(said) if error.get("type") == "index_not_found_exception" else EngineDown(said)
