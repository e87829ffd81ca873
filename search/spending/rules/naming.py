"""Names without people in them: persons and networks under a day's salt, tokens by their digest."""

import hashlib
import hmac
from uuid import UUID

_PERSON, _NETWORK = b"person:", b"network:"


class Namer:
    """Names persons and networks under one day's salt, which is taken in once."""

    def __init__(self, salt: bytes) -> None:
        self._begun = hmac.new(salt, digestmod="sha256")

    def name_person(self, person: str) -> UUID | None:
        """A person as the events of the day know them; None for nobody."""
        return self._name(_PERSON, person)

    def name_network(self, network: str) -> UUID | None:
        """A network as the events of the day know it; None where none is known."""
        return self._name(_NETWORK, network)

    def _name(self, purpose: bytes, text: str) -> UUID | None:
        if not text:
            return None
        mac = self._begun.copy()
        mac.update(purpose + text.encode())
        return UUID(bytes=mac.digest()[:16])


def digest_token(token: str) -> UUID:
    """What stands for a token in tables: 128 bits, which nobody can aim at without our keys."""
    return UUID(bytes=hashlib.blake2b(token.encode(), digest_size=16, person=b"jishi.ad.token").digest())


def number_lock(*parts: object) -> int:
    """The same lock number (64 bits, signed) for the same parts."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8, person=b"jishi.ad.lock").digest()
    return int.from_bytes(digest, signed=True)
