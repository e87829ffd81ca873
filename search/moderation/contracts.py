"""What crosses the border of moderation. No Django."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tenants.catalog.contracts import Text

LONGEST_NOTE = 300


class BanReason(StrEnum):
    """Why a product may not be sold here."""

    PROHIBITED = "prohibited"
    COUNTERFEIT = "counterfeit"
    MISLEADING = "misleading"
    UNSAFE = "unsafe"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ban:
    """One product of one shop, taken off the market. `title` is what it was called then; `note` is read by its shop."""

    ban_id: int
    shop_id: int
    product_id: int
    title: Text
    reason: BanReason
    note: str
    banned_by: int
    banned_at: datetime
