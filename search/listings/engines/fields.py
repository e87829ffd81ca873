"""What every engine keeps of an entry besides its words: numbers to sort, filter and rank by."""

from datetime import UTC, datetime

from search.listings.contracts import IndexEntry, Sort
from tenants.catalog.contracts import Text

VERSION = 6
"""Counted up when fields or tokens change. An index of another version is not read; the indexer builds a new one."""

_BRAND_PART = "\x1f"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LEAST_STOCKED = 1 << 40
"""The demand of what can be had begins here; sales come on top."""

POSITION_FIELDS = ("title_words", "title_characters", "text_characters")
"""Texts of which phrases are looked for."""
FREQUENCY_FIELDS = ("words", "head_words", "brand_words", "plain_numbers")
"""Texts of which single words are looked for."""
NUMBERS_ONLY_READ = ("version", "change_no", "sold_30d", "rating", "created_at", "demand", "leaf_id", "appeal")
"""Numbers that nothing is found by."""
KEY_FIELDS = ("parameter_keys", "variant_keys")
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
        "leaf_id": entry.leaf_id,
        "appeal": entry.appeal,
        "created_at": max(0, int((entry.created_at - _EPOCH).total_seconds())),
        # Without words, best is: what can be had, then what sells.
        "demand": int(entry.in_stock) * LEAST_STOCKED + min(entry.sold_30d, LEAST_STOCKED - 1),
    }


def label_brand(entry: IndexEntry) -> str:
    """A brand's key and shown name as one value to count by; empty without a brand."""
    return f"{entry.brand}{_BRAND_PART}{entry.brand_label}" if entry.brand else ""


def read_brand_label(label: str) -> tuple[str, Text]:
    """Key and shown name out of a brand's label."""
    key, _, shown = label.partition(_BRAND_PART)
    return key, Text(shown, shown)
