"""What an engine is, and what it indexes."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from search.listings.contracts.queries import Facet
from search.listings.contracts.questions import Question

RANKED = 200
"""So many of an engine's best are put in order by `rules.ranking`; those behind them stay in the engine's order."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A document as every engine indexes it: tokens and values, made once, by us.

    `head_words` are what the title is about: of "laptop bag", the bag. `category_ids` go from the top down.
    `plain_numbers` are those of the title that no variant's name follows: see `rules.variants`.
    `appeal` is the demand for the offer in thousandths, see `rules.demand`.
    """

    listing_id: int
    version: int
    shop_id: int
    title_words: tuple[str, ...]
    title_characters: tuple[str, ...]
    head_words: tuple[str, ...]
    plain_numbers: tuple[str, ...]
    brand_words: tuple[str, ...]
    category_words: tuple[str, ...]
    attribute_words: tuple[str, ...]
    text_words: tuple[str, ...]
    text_characters: tuple[str, ...]
    category_ids: tuple[int, ...]
    brand: str
    brand_label: str
    parameter_keys: tuple[str, ...]
    variant_keys: tuple[str, ...]
    attribute_labels: tuple[str, ...]
    price_minor: int
    in_stock: bool
    sold_30d: int
    rating_hundredths: int
    appeal: int
    created_at: datetime

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the document, whatever they stand for: what a term is looked up in."""
        return (
            *self.title_words,
            *self.brand_words,
            *self.category_words,
            *self.attribute_words,
            *self.text_words,
        )

    @property
    def leaf_id(self) -> int:
        """The category the product is in, 0 for none."""
        return self.category_ids[-1] if self.category_ids else 0


class Candidate(NamedTuple):
    """A document that an engine found, with its score and what ranking needs to know of it.

    Two hundred are made for a search: a named tuple costs a third of a frozen dataclass.
    """

    listing_id: int
    score: float
    leaf_id: int
    appeal: int


@dataclass(frozen=True, slots=True)
class IndexChange:
    """One change in the order of `change_no`. `entry` is None where the listing is no longer shown."""

    change_no: int
    listing_id: int
    entry: IndexEntry | None


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """Ids in order, all counts. `next_cursor` is what the next page continues after, empty at the end.

    `did_relax`: no document has all terms, so those that have most of them answer. `corrected_words`: what the words
    were taken for; no engine sets it.
    """

    listing_ids: tuple[int, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    next_cursor: str = ""
    did_relax: bool = False
    corrected_words: str = ""


class EngineDown(Exception):
    """The engine has no index, or it cannot be read. Search then answers from PostgreSQL."""


class NoIndex(EngineDown):
    """There is no index to read or to write: it was never built, or it was removed."""


class Engine(Protocol):
    """Answers questions. Any method may raise `EngineDown`. Equal for all engines; one conformance suite."""

    name: str

    def read_generation(self) -> str:
        """Changes whenever an answer may have changed; cheap."""
        ...

    def search(self, question: Question, *, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        """Hits, total and facets, without anything of the closed shops."""
        ...

    def list_candidates(self, question: Question, *, closed_shop_ids: frozenset[int]) -> Sequence[Candidate]:
        """The documents that ranking by best match puts in order, the highest score first; at most `RANKED`."""
        ...

    def count_categories(self, *, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        """How many listings each category holds, those below it included."""
        ...

    def list_parked(self) -> Mapping[int, str]:
        """Listings that the engine refused and goes on without, with why."""
        ...

    def list_versions(self) -> Mapping[int, int]:
        """The version of every listing in the index, to compare with the table."""
        ...

    def read_position(self) -> int:
        """A change up to which the index has them all; it may have later ones that took something away."""
        ...


class IndexerRunning(RuntimeError):
    """Another process writes the indexes of this installation."""


class Indexer(Protocol):
    """Writes one index; there is one writer at a time."""

    name: str
    """Of the index, such as v1-000003; a later index has a higher number."""

    def read_position(self) -> int:
        """Every change up to this number is in the index. Changes after it may be applied again."""
        ...

    def apply(self, changes: Iterable[IndexChange]) -> int:
        """Apply changes in order, so that all of them survive a crash afterwards. Returns how many.

        Repeating changes, and coming with an older one after a newer, changes nothing. Raises `EngineDown` when it is
        not known to have happened; the position has not moved then.
        """
        ...

    def commit_empty(self) -> None:
        """Make a new index readable even when nothing was applied."""
        ...

    def close(self) -> None: ...


class Indexes(Protocol):
    """The indexes of one installation: the one that is read, and a new one that grows beside it until they are swapped.

    Any method may raise `EngineDown`.
    """

    def lock(self) -> AbstractContextManager[object]:
        """Be the one writer while inside. Raises `IndexerRunning` at once when somebody else is."""
        ...

    def open_current(self, *, lineage: str) -> Indexer | None:
        """The writer of the index that is read, if there is one of this version and fed from this database."""
        ...

    def make_next(self, *, lineage: str) -> Indexer:
        """The writer of a new, empty index that nobody reads yet."""
        ...

    def swap(self, indexer: Indexer) -> None:
        """Let every reader go on in this writer's index, at once and for all. Indexes left long ago are removed."""
        ...

    def remove_unfinished(self) -> None:
        """Remove what a killed rebuild left."""
        ...


@dataclass(frozen=True, slots=True)
class RefreshOutcome:
    """What refreshing did: ids of listings that changed, and how many were already right."""

    changed: tuple[int, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class ReconcileOutcome:
    """Documents found wrong and mended: lost (not there), stale (old), ghost (should not be there)."""

    checked: int = 0
    lost: tuple[int, ...] = ()
    stale: tuple[int, ...] = ()
    ghosts: tuple[int, ...] = ()

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.stale or self.ghosts)
