"""Suspense: what a provider reports and nobody can explain yet, so that its balance and ours stay equal meanwhile."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from billing.ledger.contracts import Code, Leg
from billing.ledger.rules.events import BadEvent, ProviderEvent, balanced


class SuspenseExit(StrEnum):
    """Where an amount goes once it is explained: back where it came from, or into one of our costs."""

    REVERSAL = "reversal"
    ROUNDING = "rounding"
    PSP_FEE = "psp_fee"


_COSTS = {SuspenseExit.ROUNDING: Code.ROUNDING, SuspenseExit.PSP_FEE: Code.PSP_FEE}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suspense(ProviderEvent):
    """`amount_minor` is positive when the provider has more for us than we know of, negative when it has less.

    `reference` is the number of the statement's line; `reason` is what a person reads in the books.
    """

    reason: str
    amount_minor: int

    def moved(self, raised_minor: int, code: Code) -> tuple[Leg, ...]:
        """`raised_minor` from suspense into the account of a code; the other way round when it is negative."""
        if not self.reason.strip():
            raise BadEvent("suspense needs a reason")
        owner = self.provider if code is Code.PSP_RECEIVABLE else None
        if raised_minor < 0:
            return balanced(
                self.debit(Code.SUSPENSE, -raised_minor, self.provider), self.credit(code, -raised_minor, owner)
            )
        return balanced(self.debit(code, raised_minor, owner), self.credit(Code.SUSPENSE, raised_minor, self.provider))


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseRaised(_Suspense):
    """A line of a provider's statement that nothing of ours explains."""

    kind: ClassVar[str] = "suspense_raised"

    def legs(self) -> tuple[Leg, ...]:
        return self.moved(self.amount_minor, Code.PSP_RECEIVABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseCleared(_Suspense):
    """The amount that was raised, or a part of it with the same sign, is explained.

    By reversal it leaves the provider's account again, because its own event is posted now (or it was taken back).
    """

    kind: ClassVar[str] = "suspense_cleared"
    exit: SuspenseExit = SuspenseExit.REVERSAL

    def legs(self) -> tuple[Leg, ...]:
        return self.moved(-self.amount_minor, _COSTS.get(self.exit, Code.PSP_RECEIVABLE))
