"""What crosses the border of curation. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LONGEST_PHRASE = 40
FEWEST_PHRASES, MOST_PHRASES = 2, 20
MOST_GROUPS = 2_000
MOST_HOT_WORDS = 100
MOST_BLOCKED_WORDS = 1_000
MOST_PINNED, MOST_BURIED = 10, 50
MOST_CURATED_QUERIES = 2_000


@dataclass(frozen=True, slots=True)
class SynonymGroup:
    """Phrases that mean the same. One-way: who asks for the first also finds the others, not the other way round."""

    group_id: int
    phrases: tuple[str, ...]
    is_one_way: bool = False


@dataclass(frozen=True, slots=True)
class HotWord:
    """A word that the search box offers. `query` is what it asks, `zh` and `en` are how it is written there.

    Offered from `starts_at` until `ends_at`; None is always. The lowest place comes first.
    """

    word_id: int
    zh: str
    en: str
    query: str
    place: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def is_offered(self, now: datetime) -> bool:
        """Whether it is its time."""
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


class PlacementKind(StrEnum):
    """Pinned comes first, buried does not come at all."""

    PINNED = "pinned"
    BURIED = "buried"


@dataclass(frozen=True, slots=True)
class Placements:
    """What staff decided about one query: listing ids in the order of their places, and those it does not show."""

    pinned: tuple[int, ...] = ()
    buried: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Curation:
    """Everything that is in force, as a process keeps it. `version` grows with every change."""

    version: int = 0
    groups: tuple[SynonymGroup, ...] = ()
    hot_words: tuple[HotWord, ...] = ()
    blocked: frozenset[str] = frozenset()
    placements: Mapping[str, Placements] = field(default_factory=dict)

    def find_placements(self, query_key: str) -> Placements | None:
        """What was decided about a query, by `rules.make_query_key`."""
        return self.placements.get(query_key)
