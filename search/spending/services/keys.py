"""The keys that tokens of shown ads are signed with, from the settings."""

from functools import lru_cache

from django.conf import settings

from search.auction.contracts import KeyRing


class BadKeyRing(ValueError):
    """JISHI_AD_TOKEN_KEYS is not `number:secret,number:secret`."""


def get_key_ring() -> KeyRing:
    """The ring of the settings: the first key signs, all verify. Raises `BadKeyRing`."""
    return _read_ring(tuple(settings.AD_TOKEN_KEYS))


@lru_cache(maxsize=4)
def _read_ring(entries: tuple[str, ...]) -> KeyRing:
    keys = []
    for entry in entries:
        number, colon, secret = entry.partition(":")
        if not colon or not number.isdecimal():
            raise BadKeyRing("JISHI_AD_TOKEN_KEYS is a list of number:secret, the current one first")
        keys.append((int(number), secret.encode()))
    try:
        return KeyRing(current=keys[0][0], keys=tuple(keys))
    except (IndexError, ValueError) as problem:
        raise BadKeyRing(f"JISHI_AD_TOKEN_KEYS: {problem}") from problem
