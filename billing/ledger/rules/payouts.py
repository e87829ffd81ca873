"""Money on its way from us to a shop's bank."""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg, Owner
from billing.ledger.rules.events import ShopEvent, balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAsked(ShopEvent):
    """C1: set aside for the bank; never more than the shop is owed. A payout that fails reverses this."""

    kind: ClassVar[str] = "payout_asked"
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PAYABLE, self.amount_minor, self.shop),
            self.credit(Code.PAYOUT_IN_TRANSIT, self.amount_minor, self.shop),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutConfirmed(ShopEvent):
    """C2: the bank has paid it."""

    kind: ClassVar[str] = "payout_confirmed"
    bank_account: str
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.PAYOUT_IN_TRANSIT, self.amount_minor, self.shop),
            self.credit(Code.BANK, self.amount_minor, Owner.of_bank(self.bank_account)),
        )
