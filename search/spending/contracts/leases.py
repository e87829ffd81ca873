"""Leases and caps as others see them."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class LeaseView:
    """A part of a campaign's money for one day, lent to a worker.

    While it is open, more may be put in at a click and idle money pulled out for another lease. Closed, granted is what
    was billed.
    """

    lease_id: int
    campaign_id: int
    shop_id: int
    day: date
    granted_micro: int
    billed_micro: int
    closed: bool = False

    @property
    def rest_micro(self) -> int:
        return self.granted_micro - self.billed_micro


@dataclass(frozen=True, slots=True)
class CapView:
    """A cap of a shop or campaign; `day` is None for a campaign's total. Taken is billed or out in leases."""

    kind: str
    owner_id: int
    day: date | None
    limit_micro: int
    taken_micro: int


@dataclass(frozen=True, slots=True)
class LeaseCount:
    """For staff: how much is out in leases."""

    open: int
    overdue: int
    granted_micro: int
    billed_micro: int
    oldest_granted_at: datetime | None
