"""Merchants' plans: paid for a year, earned by the month."""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg, Owner
from billing.ledger.rules.events import ShopEvent, balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSold(ShopEvent):
    """J1: a plan is paid; its net price is earned later, its VAT is due now."""

    kind: ClassVar[str] = "plan_sold"
    psp: str
    amount_minor: int
    vat_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PSP_RECEIVABLE, self.amount_minor, Owner.of_psp(self.psp)),
            self.credit(Code.DEFERRED_PLAN, self.amount_minor - self.vat_minor, self.shop),
            self.credit(Code.VAT_PAYABLE, self.vat_minor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMonthEarned(ShopEvent):
    """J2: one month of a plan; see `plan_month_minor`."""

    kind: ClassVar[str] = "plan_month_earned"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.DEFERRED_PLAN, self.amount_minor, self.shop),
            self.credit(Code.PLAN, self.amount_minor),
        )


def plan_month_minor(net_minor: int, month: int, months: int = 12) -> int:
    """What month 1, 2, … of a plan earns: what is earned by its end less what was by its beginning."""
    return net_minor * month // months - net_minor * (month - 1) // months
