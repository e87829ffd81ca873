"""Seals: a chain of HMACs over the digests of closed ranges of rows, so that no row changes without being noticed."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from json import dumps

DIGEST_BYTES = 16
_ID_BYTES = 8
_RECORD = _ID_BYTES + DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class SealedRange:
    """The rows of one table with ids above `after` up to `upto`, each with its digest, packed by id."""

    after: int
    upto: int
    digests: bytes


def pack_digests(digests: Mapping[int, bytes]) -> bytes:
    """Ids and digests as one value, in the order of the ids."""
    return b"".join(number.to_bytes(_ID_BYTES) + digests[number] for number in sorted(digests))


def unpack_digests(packed: bytes) -> dict[int, bytes]:
    """What `pack_digests` packed."""
    records = (packed[start : start + _RECORD] for start in range(0, len(packed), _RECORD))
    return {int.from_bytes(record[:_ID_BYTES]): record[_ID_BYTES:] for record in records}


def compute_head(
    *, secret: str, previous: str, number: int, sealed_at: datetime, ranges: Mapping[str, SealedRange]
) -> str:
    """The head of the chain after a seal: it covers the seal and, through `previous`, all before it."""
    contents = [
        [name, sealed.after, sealed.upto, sha256(sealed.digests).hexdigest()] for name, sealed in sorted(ranges.items())
    ]
    message = dumps([previous, number, int(sealed_at.timestamp() * 1_000_000), contents])
    return hmac.new(secret.encode(), message.encode(), sha256).hexdigest()


def compare_digests(table: str, sealed: Mapping[int, bytes], found: Mapping[int, bytes]) -> list[str]:
    """What happened to the rows of a range since it was sealed, row by row."""
    findings = [f"{table} {number} was deleted" for number in sorted(set(sealed) - set(found))]
    findings += [f"{table} {number} was inserted" for number in sorted(set(found) - set(sealed))]
    findings += [
        f"{table} {number} was changed"
        for number in sorted(set(sealed) & set(found))
        if sealed[number] != found[number]
    ]
    return findings
