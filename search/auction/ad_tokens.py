"""Tokens of shown ads: signed by us, carried by the page, believed only as they were signed.

Layout (bytes): version 1, key 2, kind 1, day 2, decision 16, ad 8, place 1, price in micro-fen 8, lease 8, expiry 8,
then HMAC-SHA256 (RFC 2104) over a label and all of that. 87 bytes are 116 characters of base64url (RFC 4648, 5) with
no bit to spare; any other spelling of the same bytes is refused, so that one token has one text and bills once.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from struct import Struct
from uuid import UUID

from search.auction.contracts import KeyRing, ShownAd, TokenKind

VERSION = 1
LIFE_SECONDS: Mapping[TokenKind, int] = {
    TokenKind.VIEW: 30 * 60,
    TokenKind.CLICK: 2 * 60 * 60,
    TokenKind.SALE: 2 * 60 * 60,
}
LENGTH = 116

_LABEL = b"jishi shown ad\0"
_BODY = Struct(">BHBH16sQBQQQ")
_DIGEST_BYTES = 32
_NUMBER_OF = {TokenKind.VIEW: 1, TokenKind.CLICK: 2, TokenKind.SALE: 3}
_KIND_OF = {number: kind for kind, number in _NUMBER_OF.items()}


class BadToken(ValueError):
    """A text that we did not sign, or signed with a key that is gone."""


class TokenExpired(ValueError):
    """A token of ours that came too late."""


def compute_expiry(kind: TokenKind, shown_second: int) -> int:
    """When a token of an ad shown now ends: a view in 30 minutes, a click in two hours."""
    return shown_second + LIFE_SECONDS[kind]


def sign_token(shown: ShownAd, ring: KeyRing) -> str:
    """The token of a shown ad, signed with the current key."""
    signer = Signer(ring, decision=shown.decision, day=shown.day)
    return signer.sign(
        shown.kind,
        ad=shown.ad,
        place=shown.place,
        price_micro=shown.price_micro,
        lease=shown.lease,
        expires_second=shown.expires_second,
    )


class Signer:
    """Signs the tokens of one decision. Its numbers have to be within the bounds of `ShownAd`, which reads them."""

    def __init__(self, ring: KeyRing, *, decision: UUID, day: int) -> None:
        self._key_number, self._begun = ring.current, ring.begun[ring.current]
        self._decision, self._day = decision.bytes, day

    def sign(self, kind: TokenKind, *, ad: int, place: int, price_micro: int, lease: int, expires_second: int) -> str:
        """The token of an ad of the decision, signed with the current key."""
        body = _BODY.pack(
            VERSION,
            self._key_number,
            _NUMBER_OF[kind],
            self._day,
            self._decision,
            ad,
            place,
            price_micro,
            lease,
            expires_second,
        )
        return urlsafe_b64encode(body + _sign(self._begun, body)).decode()


def read_token(text: str, ring: KeyRing, *, now_second: int) -> ShownAd:
    """What was signed. Raises `BadToken`, and `TokenExpired` for a token that is right but late."""
    shown = _unpack(_check(text, ring))
    if now_second >= shown.expires_second:
        raise TokenExpired(f"ended at {shown.expires_second}")
    return shown


def _check(text: str, ring: KeyRing) -> bytes:
    """The body, once its signature is ours. Nothing of it is believed before."""
    if len(text) != LENGTH or not text.isascii():
        raise BadToken("another length")
    try:
        signed = urlsafe_b64decode(text)
    except ValueError as problem:
        raise BadToken("not base64url") from problem
    if urlsafe_b64encode(signed) != text.encode():
        raise BadToken("another spelling")
    body, digest = signed[:-_DIGEST_BYTES], signed[-_DIGEST_BYTES:]
    begun = ring.begun.get(int.from_bytes(body[1:3]))
    if body[0] != VERSION or begun is None or not hmac.compare_digest(_sign(begun, body), digest):
        raise BadToken("not signed by us")
    return body


def _unpack(body: bytes) -> ShownAd:
    _, _, kind, day, decision, ad, place, price_micro, lease, expires_second = _BODY.unpack(body)
    return ShownAd(
        kind=_KIND_OF[kind],
        decision=UUID(bytes=decision),
        day=day,
        ad=ad,
        place=place,
        price_micro=price_micro,
        lease=lease,
        expires_second=expires_second,
    )


def _sign(begun: hmac.HMAC, body: bytes) -> bytes:
    mac = begun.copy()
    mac.update(_LABEL + body)
    return mac.digest()
