"""What a shown ad says of itself, signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hmac import HMAC, new
from uuid import UUID


class TokenKind(StrEnum):
    """What may be reported with a token: that the ad was viewed, or clicked.

    A click of a sale is on an ad that is paid per sale: judged like any click, and it costs nothing.
    """

    VIEW = "view"
    CLICK = "click"
    SALE = "sale"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAd:
    """An ad at a place of a decision, at a price, out of a lease.

    `day` is the decision's business day (days since the epoch): it decides the partition of the event, and whose cap
    pays. `expires_second` is the first second (since the epoch) in which the token is worth nothing.
    """

    kind: TokenKind
    decision: UUID
    day: int
    ad: int
    place: int
    price_micro: int
    lease: int
    expires_second: int

    def __post_init__(self) -> None:
        if not (0 <= self.day < 1 << 16 and 0 < self.place < 1 << 8 and 0 <= self.expires_second < 1 << 48):
            raise ValueError(f"day {self.day}, place {self.place}, expiry {self.expires_second}")
        if not (0 <= self.ad < 1 << 63 and 0 <= self.price_micro < 1 << 63 and 0 <= self.lease < 1 << 63):
            raise ValueError(f"ad {self.ad}, price {self.price_micro}, lease {self.lease}")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Secrets by number. New tokens are signed with `current`; the others still verify what they signed.

    `begun` are HMAC-SHA256 (RFC 2104) by number that have taken in their secret: to go on from a copy takes a fifth of
    the time on a page, where OpenSSL would look its algorithm up and take the key in for each token.
    """

    current: int
    keys: tuple[tuple[int, bytes], ...]
    begun: Mapping[int, HMAC] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        numbers = [number for number, _ in self.keys]
        if (
            self.current not in numbers
            or len(set(numbers)) < len(numbers)
            or not all(0 <= n < 1 << 16 for n in numbers)
        ):
            raise ValueError("a key ring has its current key, and each number once")
        if any(len(key) < 32 for _, key in self.keys):
            raise ValueError("a key has at least 32 bytes")
        object.__setattr__(self, "begun", {number: new(key, digestmod="sha256") for number, key in self.keys})
