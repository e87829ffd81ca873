"""Which bonus is used, and which expires: the oldest to expire first. What is held is always of those."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BonusLeft:
    """What is left of one bonus, in minor units."""

    bonus_id: int
    left_minor: int
    expires_at: datetime


class BonusShort(ValueError):
    """More bonus would be used than is left: the bonuses and the books disagree."""


def use_bonuses(bonuses: Sequence[BonusLeft], amount_minor: int) -> dict[int, int]:
    """How much of each bonus pays an amount, by its id. Raises `BonusShort`."""
    parts: dict[int, int] = {}
    for bonus in order_bonuses(bonuses):
        part = min(bonus.left_minor, amount_minor)
        if part:
            parts[bonus.bonus_id] = part
            amount_minor -= part
    if amount_minor:
        raise BonusShort(f"{amount_minor} minor units of bonus are missing")
    return parts


def expire_bonuses(bonuses: Sequence[BonusLeft], held_minor: int, now: datetime) -> dict[int, int]:
    """How much of each bonus expires now, by its id. What is held for a day stays until the day is closed."""
    parts: dict[int, int] = {}
    for bonus in order_bonuses(bonuses):
        if bonus.expires_at > now:
            break
        kept = min(held_minor, bonus.left_minor)
        held_minor -= kept
        if bonus.left_minor > kept:
            parts[bonus.bonus_id] = bonus.left_minor - kept
    return parts


def order_bonuses(bonuses: Sequence[BonusLeft]) -> list[BonusLeft]:
    """The one to expire first, first."""
    return sorted(bonuses, key=lambda bonus: (bonus.expires_at, bonus.bonus_id))
