"""The fields of the index, and an entry as its document.

Besides listings an index holds, apart by `shown`, a tombstone of every listing that is gone, so that an older change
that comes late finds a newer version there, and one document with the position up to which the index is right.
"""

from search.listings.contracts import IndexEntry
from search.listings.engines.elastic.client import Json
from search.listings.engines.fields import (
    FREQUENCY_FIELDS,
    NUMBERS_ONLY_READ,
    POSITION_FIELDS,
    label_brand,
    list_numbers,
)

POSITION_ID = "position"
REFRESH_INTERVAL = "1s"
"""For what is written by others; the indexer refreshes after each of its batches."""
LONGEST_REASON = 500

_WHOLE = {"type": "keyword"}
_ONLY_FOUND = {"type": "keyword", "doc_values": False}
_ONLY_COUNTED = {"type": "keyword", "index": False}
_NUMBER = {"type": "long"}
_ONLY_READ = {"type": "long", "index": False}
# Our tokens are joined by spaces, so cutting at spaces is all the analysis there is.
_WITH_PLACES = {"type": "text", "analyzer": "whitespace"}
_WITH_COUNTS = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}

FIELDS: dict[str, Json] = {
    "shown": {"type": "boolean"},
    "listing_id": _NUMBER,
    **dict.fromkeys(("position", *NUMBERS_ONLY_READ), _ONLY_READ),
    "price": _NUMBER,
    **dict.fromkeys(("shop_id", "category_ids"), _WHOLE),
    **dict.fromkeys(POSITION_FIELDS, _WITH_PLACES),
    **dict.fromkeys(FREQUENCY_FIELDS, _WITH_COUNTS),
    **dict.fromkeys(("brand", "parameter_keys", "variant_keys"), _ONLY_FOUND),
    **dict.fromkeys(("brand_label", "attribute_labels"), _ONLY_COUNTED),
    "parked": {"type": "keyword", "ignore_above": LONGEST_REASON},
}


def make_template(pattern: str) -> Json:
    """The index template. An index that is missing is never made by writing into it."""
    return {
        "index_patterns": [pattern],
        "priority": 500,
        "allow_auto_create": False,
        "template": {
            "settings": {
                "number_of_shards": 1,
                "auto_expand_replicas": "0-1",
                "refresh_interval": REFRESH_INTERVAL,
            },
            "mappings": {
                "dynamic": "strict",
                # The table is the source; of documents only what is no listing is read back.
                "_source": {"includes": ["position", "parked", "listing_id"]},
                "properties": FIELDS,
            },
        },
    }


def make_document(entry: IndexEntry, change_no: int) -> Json:
    """The document of an entry."""
    document: Json = {
        "shown": True,
        **list_numbers(entry, change_no),
        "category_ids": [str(category_id) for category_id in entry.category_ids],
        "shop_id": str(entry.shop_id),
        **{name: " ".join(getattr(entry, name)) for name in (*POSITION_FIELDS, *FREQUENCY_FIELDS)},
        **{name: list(getattr(entry, name)) for name in ("parameter_keys", "variant_keys", "attribute_labels")},
    }
    if entry.brand:
        document["brand"], document["brand_label"] = entry.brand, label_brand(entry)
    return document


def make_tombstone(listing_id: int, change_no: int, *, parked: str = "") -> Json:
    """What is left of a listing that is not shown, or, with the reason, of one that the engine refused."""
    document: Json = {"shown": False, "listing_id": listing_id, "change_no": change_no}
    if parked:
        document["parked"] = parked
    return document
