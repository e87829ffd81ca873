"""Why a hit is where it is."""

from dataclasses import dataclass
from enum import StrEnum

from search.listings.contracts.documents import ListingCard
from search.listings.contracts.questions import Alternative, QueryTerm


class MetIn(StrEnum):
    """Where a document has a term. What stands further up counts more."""

    HEAD = "head"
    BRAND = "brand"
    TITLE = "title"
    CATEGORY = "category"
    ATTRIBUTES = "attributes"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class TermMet:
    """How a document meets one term. `alternative` is None where it does not, and `places` are empty then."""

    term: QueryTerm
    alternative: Alternative | None = None
    places: tuple[MetIn, ...] = ()


@dataclass(frozen=True, slots=True)
class HitExplained:
    """A hit with its place from 1 on, its engine's score, both factors and the value that puts it in its place.

    The place is 0 for a listing that is not among the best hits; all figures are 0 then.
    """

    card: ListingCard
    terms: tuple[TermMet, ...]
    place: int = 0
    score: float = 0.0
    agreement: float = 0.0
    demand: float = 0.0
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchExplained:
    """What a query was taken for and why its best hits are in this order.

    `ranked` counts the hits that were put in order. `is_pinned_or_buried`: staff decided something about these words.
    """

    terms: tuple[QueryTerm, ...] = ()
    corrected_words: str = ""
    did_relax: bool = False
    total: int = 0
    ranked: int = 0
    is_pinned_or_buried: bool = False
    hits: tuple[HitExplained, ...] = ()
    asked_hit: HitExplained | None = None
