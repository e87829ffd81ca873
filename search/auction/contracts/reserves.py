"""What reserves are made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeywordBid:
    """What a merchant bid for a keyword at some time of the 28 days, in fen a click."""

    merchant: int
    bid_minor: int
