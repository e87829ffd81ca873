"""Reading the index: every process looks at the files itself and sees a commit at its next question."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import tantivy
from tantivy import Query

from search.listings.contracts import (
    BadQuery,
    Candidate,
    EngineAnswer,
    EngineDown,
    Facet,
    NoIndex,
    QueryTerm,
    Question,
    SearchQuery,
    Sort,
)
from search.listings.engines.filters import Filters
from search.listings.engines.tantivy.counts import Counter, count_categories, count_hits
from search.listings.engines.tantivy.files import IndexFiles
from search.listings.engines.tantivy.filters import filter_by
from search.listings.engines.tantivy.hits import find_position, list_best_hits, list_candidates, list_hits
from search.listings.engines.tantivy.schema import build_schema
from search.listings.engines.tantivy.words import NO_WORDS, Words, match_words
from search.listings.engines.weights import FEW, count_needed

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Opened:
    target: str
    generation: str
    index: tantivy.Index
    searcher: tantivy.Searcher


class TantivyEngine:
    """The embedded engine over the index in one folder; safe to share between threads."""

    name = "tantivy"

    def __init__(self, root: Path) -> None:
        self._files = IndexFiles(root)
        self._schema = build_schema()
        self._lock = threading.Lock()
        self._opened: _Opened | None = None

    def read_generation(self) -> str:
        """Changes with every commit. Raises `EngineDown` without an index."""
        generation = self._files.read_generation()
        if not generation:
            raise NoIndex(f"There is no index in {self._files.root}.")
        return generation

    def search(self, question: Question, *, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        """Hits, total and facets. All terms are wanted; where few documents have all, those that have most follow."""
        return self._guard(lambda: self._answer(question, closed_shop_ids))

    def list_candidates(self, question: Question, *, closed_shop_ids: frozenset[int]) -> Sequence[Candidate]:
        """The best hits by score, before they are ranked; none for a question without words."""
        return self._guard(lambda: self._list_candidates(question, closed_shop_ids) if question.terms else [])

    def count_categories(self, *, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        """How many listings each category holds."""
        return self._guard(lambda: self._count_categories(closed_shop_ids))

    def list_versions(self) -> Mapping[int, int]:
        """The version of every listing in the index."""
        return self._guard(self._list_versions)

    def read_position(self) -> int:
        """The highest change number among the documents."""
        return self._guard(lambda: find_position(self._find_searcher()))

    def _answer(self, question: Question, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        searcher = self._find_searcher()
        query, terms = question.query, question.terms
        filters = Filters.of(query, closed_shop_ids)
        if question.is_unreadable:
            return EngineAnswer((), 0)
        words, did_relax = self._read_words(searcher, terms, closed_shop_ids)
        total = count_hits(searcher, filter_by(self._schema, words.matching, filters))
        if terms and query.sort is Sort.BEST:
            hits = list_best_hits(searcher, filter_by(self._schema, words.scoring, filters), query)
        else:
            found = filter_by(self._schema, words.matching, filters)
            hits = list_hits(self._schema, searcher, found, query)
        facets: tuple[Facet, ...] = ()
        if query.with_facets:
            facets = Counter(self._schema, searcher, words.matching, filters).list_facets()
        return EngineAnswer(hits.listing_ids, total, facets, hits.next_cursor, did_relax)

    def _list_candidates(self, question: Question, closed_shop_ids: frozenset[int]) -> list[Candidate]:
        searcher = self._find_searcher()
        words, _ = self._read_words(searcher, question.terms, closed_shop_ids)
        filters = Filters.of(question.query, closed_shop_ids)
        return list_candidates(searcher, filter_by(self._schema, words.scoring, filters))

    def _read_words(
        self, searcher: tantivy.Searcher, terms: Sequence[QueryTerm], closed_shop_ids: frozenset[int]
    ) -> tuple[Words, bool]:
        """The words as queries, and whether no document has all. Filters have no say: they never add hits."""
        if not terms:
            return NO_WORDS, False
        words = match_words(self._schema, terms)
        open_shops = Filters.of(SearchQuery(), closed_shop_ids)
        found = count_hits(searcher, filter_by(self._schema, words.matching, open_shops))
        if len(terms) == 1 or found >= FEW:
            return words, False
        most = match_words(self._schema, terms, least=count_needed(terms))
        if found or count_hits(searcher, filter_by(self._schema, most.matching, open_shops)):
            return most, not found
        return match_words(self._schema, terms, least=1), True

    def _count_categories(self, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        found = filter_by(self._schema, Query.all_query(), Filters.of(SearchQuery(), closed_shop_ids))
        return count_categories(self._find_searcher(), found)

    def _list_versions(self) -> Mapping[int, int]:
        searcher = self._find_searcher()
        hits = searcher.search(Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        addresses = [address for _, address in hits]
        listing_ids = searcher.fast_field_values("listing_id", addresses)
        versions = searcher.fast_field_values("version", addresses)
        return {int(pk or 0): int(version or 0) for pk, version in zip(listing_ids, versions, strict=True)}

    def _find_searcher(self) -> tantivy.Searcher:
        """The searcher of the newest commit, opened or reloaded when the files have changed."""
        generation = self.read_generation()
        opened = self._opened
        if opened is not None and opened.generation == generation:
            return opened.searcher
        with self._lock:
            opened = self._opened
            if opened is None or opened.generation != generation:
                opened = self._opened = self._open(generation, opened)
            return opened.searcher

    def _open(self, generation: str, before: _Opened | None) -> _Opened:
        target = generation.partition(":")[0]
        if before is not None and before.target == target:
            index = before.index
        else:
            index = tantivy.Index.open(str(self._files.root / target))
            index.config_reader("manual")
        index.reload()
        return _Opened(target, generation, index, index.searcher())

    def _guard(self, ask: Callable[[], Answer]) -> Answer:
        """Whatever a missing or broken index makes of a question, the caller learns that the engine is down."""
        try:
            return ask()
        except (BadQuery, EngineDown):
            raise
        except Exception as error:
            self._give_up(error)
            raise EngineDown(str(error)) from error
        except BaseException as error:
            # A panic in Rust, as over a file cut short, arrives as pyo3's PanicException, which is no Exception.
            if type(error).__name__ != "PanicException":
                raise
            self._give_up(error)
            raise EngineDown(str(error)) from error

    def _give_up(self, error: BaseException) -> None:
        self._opened = None
        logger.exception("The index cannot be read.", exc_info=error)
