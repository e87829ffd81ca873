"""What crosses the border of suggestions. No Django."""

from dataclasses import dataclass
from enum import StrEnum

MOST_SUGGESTIONS = 10
MOST_TYPED_CHARACTERS = 100
LONGEST_TEXT = 60
LONGEST_TYPED = 24


class Kind(StrEnum):
    """What a suggestion stands for, the surest first."""

    CATEGORY = "category"
    BRAND = "brand"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion. `text` is what to show and to search for.

    Of a category or a brand, `listings` is how many goods it holds; of words it is None, since a search for them also
    finds goods that only mention them. `category_id` is the category itself, or the one in which nearly all goods are
    that the words name. `is_near`: what was typed differs in one letter.
    """

    text: str
    kind: Kind
    listings: int | None = None
    category_id: int | None = None
    brand: str = ""
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that a listing speaks for. `key` is the same for all listings that speak for it."""

    key: str
    kind: Kind
    text: str
    language: str
    category_id: int | None = None
    brand: str = ""


@dataclass(frozen=True, slots=True)
class SweepOutcome:
    """What reconciling found wrong, and mended: listings counted wrongly, sums that are not those of their listings.

    Done is what the slice ended of, so that the next one begins at the start.
    """

    checked: int = 0
    wrong_listings: int = 0
    wrong_sums: int = 0
    are_listings_done: bool = False
    are_sums_done: bool = False

    @property
    def is_clean(self) -> bool:
        return not (self.wrong_listings or self.wrong_sums)
