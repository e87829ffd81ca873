"""Hours as they were charged, what was found invalid later, and how charging stands."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from search.auction.contracts import TokenKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HourView:
    """A closed hour of a shop: sum and carry in are the amount in micro-fen and carry out."""

    charge_id: int
    shop_id: int
    kind: TokenKind
    day: date
    hour: datetime
    seq: int
    key: str
    events: int
    freed: int
    sum_micro: int
    carry_in_micro: int
    amount_minor: int
    carry_out_micro: int
    cash_minor: int
    bonus_minor: int
    vat_minor: int
    transaction_ids: tuple[int, ...]
    closed_at: datetime
    proven_at: datetime | None
    finding: str


class FindingState(StrEnum):
    """found > approved > posted, or refused."""

    FOUND = "found"
    APPROVED = "approved"
    REFUSED = "refused"
    POSTED = "posted"


class GroupedBy(StrEnum):
    """What the clicks of a finding have in common."""

    NETWORK = "network"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """Clicks of one network or person that were found invalid later, as far as one shop paid for them.

    `evidence` are the numbers the rules looked at; `who` is the hash of that day.
    """

    finding_id: int
    shop_id: int
    day: date
    grouped_by: GroupedBy
    who: UUID
    reasons: tuple[str, ...]
    rules_version: int
    evidence: dict[str, int]
    events: int
    amount_micro: int
    state: FindingState
    found_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingHealth:
    """How charging stands. Lags are seconds of what is due; `carry_micro` is what waits to become a fen."""

    uncharged_events: int
    oldest_uncharged_at: datetime | None
    lag_seconds: int
    carry_micro: int
    unproven_hours: int
    broken_hours: tuple[int, ...]
    findings_waiting: int
    leases_overdue: int
    open_days: int
    partitions_until: date | None
    misplaced_rows: int

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look."""
        return not self.broken_hours and self.lag_seconds < 2 * 3_600 and not self.misplaced_rows
