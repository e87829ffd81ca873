"""What is agreed with one shop about when its money is free."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReserveState(StrEnum):
    """waiting (for the release to be in the books) > held | none (there was nothing to hold, or its day had come)."""

    WAITING = "waiting"
    HELD = "held"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ShopTermsView:
    """How a shop is settled. `release_days` is what holds for it, `own_release_days` what was set for it alone."""

    shop_id: int
    release_days: int
    own_release_days: int | None
    reserve_bps: int
    reserve_days: int
    note: str
    changed_by: int | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReserveView:
    """Part of one released sale that is kept back until `until`; then it is available by itself. Minor units."""

    share_no: str
    shop_id: int
    amount_minor: int
    held_minor: int
    rate_bps: int
    currency: str
    state: ReserveState
    until: datetime
    held_at: datetime | None

    @property
    def hold_key(self) -> str:
        return reserve_hold_key(self.share_no)


def reserve_hold_key(share_no: str) -> str:
    """The key of the ledger's hold for a sale's reserve."""
    return f"reserve:{share_no}"
