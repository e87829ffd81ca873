"""Hours as they were charged, and how charging stands."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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


class Trouble(StrEnum):
    """What may be wrong with a charged hour: not proven yet, or its proof failed."""

    UNPROVEN = "unproven"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFilter:
    """Which charged hours somebody wants; what is not said does not narrow. `day` is the day whose budget paid."""

    shop_id: int | None = None
    day: date | None = None
    kind: TokenKind | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HourSum:
    """All charges of one hour together. `unproven` and `broken` count charges."""

    hour: datetime
    charges: int
    events: int
    freed: int
    sum_micro: int
    amount_minor: int
    bonus_minor: int
    unproven: int
    broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclosedHour:
    """What of one hour and kind is billed and not charged. The hour that runs is among them."""

    hour: datetime
    kind: TokenKind
    shops: int
    events: int
    amount_micro: int
