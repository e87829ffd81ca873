"""Names without people in them: persons and networks under a day's salt, tokens by their digest."""

import hashlib
import hmac
from uuid import UUID

_PERSON, _NETWORK = b"person:", b"network:"


def name_person(person: str, *, salt: bytes) -> UUID | None:
    """A person as the events of one day know them; None for nobody."""
    return _name(_PERSON, person, salt)


def name_network(network: str, *, salt: bytes) -> UUID | None:
    """A network as the events of one day know it; None where none is known."""
    return _name(_NETWORK, network, salt)


def digest_token(token: str) -> UUID:
    """What stands for a token in tables: 128 bits, which nobody can aim at without our keys."""
    return UUID(bytes=hashlib.blake2b(token.encode(), digest_size=16, person=b"jishi.ad.token").digest())


def number_lock(*parts: object) -> int:
    """The same lock number (64 bits, signed) for the same parts."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8, person=b"jishi.ad.lock").digest()
    return int.from_bytes(digest, signed=True)


def _name(purpose: bytes, text: str, salt: bytes) -> UUID | None:
    if not text:
        return None
    return UUID(bytes=hmac.digest(salt, purpose + text.encode(), "sha256")[:16])
