"""Reading providers' statements and comparing them with what the books know. Pure: bytes and facts in, findings out."""

from billing.settlement.rules.reconciling.matching import (
    LOOSE_KINDS,
    LOOSE_WITHIN,
    MatchedPair,
    Matching,
    OurItem,
    OurRole,
    TheirItem,
    UnmatchedItem,
    match_items,
)
from billing.settlement.rules.reconciling.reading import UnknownStatement, read_statement, sum_up
from billing.settlement.rules.reconciling.text import MOST_BYTES, MOST_LINES, check_hash, digest_content, open_content

__all__ = [
    "LOOSE_KINDS",
    "LOOSE_WITHIN",
    "MOST_BYTES",
    "MOST_LINES",
    "MatchedPair",
    "Matching",
    "OurItem",
    "OurRole",
    "TheirItem",
    "UnknownStatement",
    "UnmatchedItem",
    "check_hash",
    "digest_content",
    "match_items",
    "open_content",
    "read_statement",
    "sum_up",
]
