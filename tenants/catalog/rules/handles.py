"""Handles: the name of a product in its shop's addresses and files."""

import re
import unicodedata
from collections.abc import Collection

from tenants.catalog.contracts import Text
from tenants.catalog.rules.limits import LIMITS

_GAPS = re.compile(r"[^\w]+|_+")


def make_handle(title: Text, taken: Collection[str] = ()) -> str:
    """A handle of a title's letters and digits that is not in `taken`: English first, else Chinese as it is."""
    base = _slug(title.en) or _slug(title.zh) or "product"
    base = base[: LIMITS.handle - 8].strip("-")
    if base not in taken:
        return base
    return next(name for number in range(2, len(taken) + 3) if (name := f"{base}-{number}") not in taken)


def _slug(text: str) -> str:
    return _GAPS.sub("-", unicodedata.normalize("NFKC", text).lower()).strip("-")
