"""What an engine is, and what it indexes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from search.listings.contracts.queries import Facet
from search.listings.contracts.questions import Question


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A document as every engine indexes it: tokens and values, made once, by us."""

    listing_id: int
    version: int
    shop_id: int
    title_words: tuple[str, ...]
    title_characters: tuple[str, ...]
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
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IndexChange:
    """One change in the order of `change_no`. `entry` is None where the listing is no longer shown."""

    change_no: int
    listing_id: int
    entry: IndexEntry | None


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """Ids in order, all counts. `next_cursor` is what the next page continues after, empty at the end.

    `did_relax`: no document has all terms, so those that have most of them answer.
    """

    listing_ids: tuple[int, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    next_cursor: str = ""
    did_relax: bool = False


class EngineDown(Exception):
    """The engine has no index, or it cannot be read. Search then answers from PostgreSQL."""


class Engine(Protocol):
    """Answers questions. Any method may raise `EngineDown`. Equal for all engines; one conformance suite."""

    name: str

    def read_generation(self) -> str:
        """Changes whenever an answer may have changed; cheap."""
        ...

    def search(self, question: Question, *, closed_shop_ids: frozenset[int]) -> EngineAnswer:
        """Hits, total and facets, without anything of the closed shops."""
        ...

    def count_categories(self, *, closed_shop_ids: frozenset[int]) -> Mapping[int, int]:
        """How many listings each category holds, those below it included."""
        ...

    def list_versions(self) -> Mapping[int, int]:
        """The version of every listing in the index, to compare with the table."""
        ...


class Indexer(Protocol):
    """Writes one index; there is one writer at a time."""

    def read_position(self) -> int:
        """Every change up to this number is in the index. Changes after it may be applied again."""
        ...

    def apply(self, changes: Iterable[IndexChange]) -> int:
        """Apply changes in order and commit them together, all or nothing. Returns how many."""
        ...

    def commit_empty(self) -> None:
        """Make a new index readable even when nothing was applied."""
        ...

    def close(self) -> None: ...


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
