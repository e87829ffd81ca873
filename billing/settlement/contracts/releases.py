"""How far a sold share's money is on its way to its shop."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReleaseState(StrEnum):
    """waiting (for the sale to be final, or for cash) > splitting > released."""

    WAITING = "waiting"
    SPLITTING = "splitting"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """Where one share's money is on its way to the shop. Minor units."""

    share_no: str
    shop_id: int
    method: str
    carrier: str
    state: ReleaseState
    total_minor: int
    commission_minor: int
    commission_vat_minor: int
    cash_fee_minor: int
    currency: str
    completed_at: datetime | None
    cash_at: datetime | None
    released_at: datetime | None
    error: str
