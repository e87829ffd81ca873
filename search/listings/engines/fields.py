"""What every engine keeps of an entry besides its words: numbers to sort and filter by, and the demand for it."""

import math
from datetime import UTC, datetime

from search.listings.contracts import IndexEntry, Sort
from tenants.catalog.contracts import Text

VERSION = 1
"""Counted up when fields or tokens change. An index of another version is not read; the indexer builds a new one."""

MOST_DEMAND = 1.25
_BRAND_PART = "\x1f"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

POSITION_FIELDS = ("title_words", "title_characters", "text_characters")
"""Texts of which phrases are looked for."""
FREQUENCY_FIELDS = ("brand_words", "category_words", "attribute_words", "text_words")
"""Texts of which single words are looked for."""
KEY_FIELDS = ("parameter_keys", "variant_keys", "attribute_labels")
SORT_FIELDS = {
    Sort.BEST: ("demand", True),
    Sort.SALES: ("sold_30d", True),
    Sort.NEWEST: ("created_at", True),
    Sort.PRICE_UP: ("price", False),
    Sort.PRICE_DOWN: ("price", True),
    Sort.RATING: ("rating", True),
}
"""The field of each sort and whether the highest comes first; among equals the highest id does. By words, best is the
score."""


def list_numbers(entry: IndexEntry, change_no: int) -> dict[str, int]:
    """The numbers of an entry, none negative."""
    return {
        "listing_id": entry.listing_id,
        "version": entry.version,
        "change_no": change_no,
        "shop_id": entry.shop_id,
        "price": max(0, entry.price_minor),
        "sold_30d": entry.sold_30d,
        "rating": entry.rating_hundredths,
        "created_at": max(0, int((entry.created_at - _EPOCH).total_seconds())),
        # Without words, best is: what can be had, then what sells.
        "demand": (int(entry.in_stock) << 40) + min(entry.sold_30d, (1 << 40) - 1),
    }


def measure_demand(entry: IndexEntry) -> float:
    """The demand for an offer as a factor of its score, from 1 to `MOST_DEMAND`.

    So demand lifts among equals and never an irrelevant product over a relevant one.
    """
    sold = min(math.log10(1 + entry.sold_30d) / 4, 1.0)
    factor = 1 + 0.15 * sold + 0.05 * entry.rating_hundredths / 500 + (0.05 if entry.in_stock else 0.0)
    return min(factor, MOST_DEMAND)


def label_brand(entry: IndexEntry) -> str:
    """A brand's key and shown name as one value to count by; empty without a brand."""
    return f"{entry.brand}{_BRAND_PART}{entry.brand_label}" if entry.brand else ""


def read_brand_label(label: str) -> tuple[str, Text]:
    """Key and shown name out of a brand's label."""
    key, _, shown = label.partition(_BRAND_PART)
    return key, Text(shown, shown)
