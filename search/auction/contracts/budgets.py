"""Budgets: caps, leases out of them, charges of an hour, the pace of a day."""

from dataclasses import dataclass
from enum import StrEnum


class CapKind(StrEnum):
    """What a cap holds for; a lease is taken out of all of them at once."""

    CAMPAIGN_DAY = "campaign_day"
    CAMPAIGN_TOTAL = "campaign_total"
    MERCHANT_DAY = "merchant_day"
    WALLET = "wallet"


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit and what is taken of it: billed, or out in leases that live."""

    kind: CapKind
    limit_micro: int
    taken_micro: int = 0

    @property
    def rest_micro(self) -> int:
        """What can still be granted; zero as well where a limit was lowered below what is taken."""
        return max(0, self.limit_micro - self.taken_micro)


@dataclass(frozen=True, slots=True)
class Lease:
    """A part of the caps, lent to one worker."""

    granted_micro: int
    billed_micro: int = 0

    @property
    def rest_micro(self) -> int:
        return self.granted_micro - self.billed_micro


@dataclass(frozen=True, slots=True)
class Bill:
    """What an event costs its merchant: its price, or less where the lease had no more. The platform bears the rest."""

    price_micro: int
    lease_rest_micro: int

    @property
    def billed_micro(self) -> int:
        return min(self.price_micro, self.lease_rest_micro)

    @property
    def borne_micro(self) -> int:
        return self.price_micro - self.billed_micro


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCharge:
    """A closed hour of one merchant and kind: sum and carry in are the amount in micro-fen and carry out."""

    sum_micro: int
    carry_in_micro: int
    amount_minor: int
    carry_out_micro: int
    vat_minor: int

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.vat_minor
