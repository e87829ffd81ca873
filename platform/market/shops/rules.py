"""Pure decisions about shops: names, addresses, the way from applied to open."""

import re
import unicodedata

from market.shops.contracts import Role, ShopStatus

SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
SLUG_MIN, SLUG_MAX = 3, 40

_MOVES: dict[ShopStatus, frozenset[ShopStatus]] = {
    ShopStatus.APPLIED: frozenset({ShopStatus.OPEN, ShopStatus.CLOSED}),
    ShopStatus.OPEN: frozenset({ShopStatus.SUSPENDED, ShopStatus.CLOSED}),
    ShopStatus.SUSPENDED: frozenset({ShopStatus.OPEN, ShopStatus.CLOSED}),
    ShopStatus.CLOSED: frozenset(),
}

# What a role may do in the portal; the owner may do everything.
_RIGHTS: dict[Role, frozenset[str]] = {
    Role.OWNER: frozenset({"goods", "orders", "settings", "team", "money"}),
    Role.MANAGER: frozenset({"goods", "orders", "settings", "money"}),
    Role.GOODS: frozenset({"goods"}),
    Role.FULFILMENT: frozenset({"orders"}),
}


def can_move(now: ShopStatus, to: ShopStatus) -> bool:
    """Whether a shop may go from one status to another."""
    return to in _MOVES[now]


def may(role: Role, right: str) -> bool:
    """Whether a role carries a right."""
    return right in _RIGHTS[role]


def is_slug(slug: str, reserved: frozenset[str]) -> bool:
    """3 to 40 small letters, digits and single hyphens, starting with a letter, not taken by the platform."""
    return SLUG_MIN <= len(slug) <= SLUG_MAX and bool(SLUG.fullmatch(slug)) and slug not in reserved


def clean_name(name: str) -> str:
    """One line, no control characters, single spaces, 60 characters at most."""
    kept = "".join(ch if unicodedata.category(ch)[0] != "C" else " " for ch in name)
    return " ".join(kept.split())[:60]


def choose_mark(name_zh: str, name_en: str) -> str:
    """The one character on a stall: the last Chinese one of the name, else the first letter."""
    chinese = [ch for ch in name_zh if "\u4e00" <= ch <= "\u9fff"]
    if chinese:
        return chinese[-1]
    letters = [ch for ch in name_en + name_zh if ch.isalnum()]
    return letters[0].upper() if letters else "市"
