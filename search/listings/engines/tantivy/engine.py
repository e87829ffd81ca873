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
from search.listings.engines.cursors import Hits
from search.listings.engines.filters import Filters
from search.listings.engines.tantivy.counts import Counter, count_categories, count_hits
from search.listings.engines.tantivy.files import IndexFiles
from search.listings.engines.tantivy.filters import filter_by
from search.listings.engines.tantivy.hits import find_position, list_best_hits, list_candidates, list_hits
from search.listings.engines.tantivy.labels import LabelReader
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
    labels: LabelReader


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

    def list_parked(self) -> Mapping[int, str]:
        """None: it takes whatever a listing is."""
        return {}

    def list_versions(self) -> Mapping[int, int]:
        """The version of every listing in the index."""
        return self._guard(self._list_versions)

    def read_position(self) -> int:
        """The highest change number among the documents."""
        return self._guard(lambda: find_position(self._find_searcher()))

    def _answer(self, question: Question, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        if question.is_unreadable:
            return EngineAnswer((), 0)
        newest = self._find_newest()
        searcher = newest.searcher
        query, terms = question.query, question.terms
        filters = Filters.of(query, closed_shop_ids)
        words, did_relax = match_words(self._schema, terms) if terms else NO_WORDS, False
        hits, total = self._find_page(searcher, question, words, filters)
        if len(terms) > 1 and total - len(query.pinned) < FEW:
            # Only a second look tells whether few have the words or filters leave few; most questions need none.
            wider, did_relax = self._widen_words(searcher, terms, words, closed_shop_ids)
            if wider is not words:
                words = wider
                hits, total = self._find_page(searcher, question, words, filters)
        facets: tuple[Facet, ...] = ()
        if query.with_facets:
            counter = Counter(self._schema, searcher, newest.labels, words.matching, filters)
            facets = counter.list_facets(total)
        return EngineAnswer(hits.listing_ids, total, facets, hits.next_cursor, did_relax)

    def _find_page(
        self, searcher: tantivy.Searcher, question: Question, words: Words, filters: Filters
    ) -> tuple[Hits, int]:
        """A page, and how many documents pass the words and the filters."""
        if question.terms and question.query.sort is Sort.BEST:
            return list_best_hits(searcher, filter_by(self._schema, words.scoring, filters), question.query)
        found = filter_by(self._schema, words.matching, filters)
        return list_hits(self._schema, searcher, found, question.query), count_hits(searcher, found)

    def _list_candidates(self, question: Question, closed_shop_ids: frozenset[int]) -> list[Candidate]:
        searcher = self._find_searcher()
        terms = question.terms
        words = match_words(self._schema, terms)
        if len(terms) > 1:
            words, _ = self._widen_words(searcher, terms, words, closed_shop_ids)
        filters = Filters.of(question.query, closed_shop_ids)
        return list_candidates(searcher, filter_by(self._schema, words.scoring, filters))[0]

    def _widen_words(
        self, searcher: tantivy.Searcher, terms: Sequence[QueryTerm], words: Words, closed_shop_ids: frozenset[int]
    ) -> tuple[Words, bool]:
        """The same words where enough documents have all, else wider ones; and whether no document has all.

        Filters have no say in it: they never add hits.
        """
        open_shops = Filters.of(SearchQuery(), closed_shop_ids)
        found = count_hits(searcher, filter_by(self._schema, words.matching, open_shops))
        if found >= FEW:
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
        return self._find_newest().searcher

    def _find_newest(self) -> _Opened:
        """The newest commit, opened or reloaded when the files have changed."""
        generation = self.read_generation()
        opened = self._opened
        if opened is not None and opened.generation == generation:
            return opened
        with self._lock:
            opened = self._opened
            if opened is None or opened.generation != generation:
                opened = self._opened = self._open(generation, opened)
            return opened

    def _open(self, generation: str, before: _Opened | None) -> _Opened:
        target = generation.partition(":")[0]
        if before is not None and before.target == target:
            index, labels = before.index, before.labels
        else:
            index = tantivy.Index.open(str(self._files.root / target))
            index.config_reader("manual")
            labels = LabelReader(self._files.root / target)
        index.reload()
        return _Opened(target, generation, index, index.searcher(), labels)

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
