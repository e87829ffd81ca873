"""Handles: the name of a product in its shop's addresses and files."""

import re
import unicodedata
from collections.abc import Collection

from tenants.catalog.contracts import Text
from tenants.catalog.rules.limits import LIMITS

_GAPS = re.compile(r"[\W_]+")
_ROOM_FOR_NUMBER = 8


def make_handle(title: Text, taken: Collection[str] = ()) -> str:
    """A handle of a title's letters and digits that is not in `taken`: English first, else Chinese as it is."""
    base = (_slug(title.en) or _slug(title.zh) or "product")[: LIMITS.handle].strip("-")
    if base not in taken:
        return base
    stem = handle_stem(base)
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}-{number}") not in taken)


def handle_stem(handle: str) -> str:
    """What a handle has in common with its numbered neighbours."""
    return handle[: LIMITS.handle - _ROOM_FOR_NUMBER].strip("-")


def _slug(text: str) -> str:
    return _GAPS.sub("-", unicodedata.normalize("NFKC", text).lower()).strip("-")
