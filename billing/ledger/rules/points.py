"""Points as money we owe: earned and expired. Using them is part of `PaymentCaptured`."""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg, Owner
from billing.ledger.rules.events import PostingEvent, balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEarned(PostingEvent):
    """A0, K: points given to a buyer, paid by us or by the shop that funds them."""

    kind: ClassVar[str] = "points_earned"
    reference: str
    amount_minor: int
    funded_by_shop_id: int | None = None

    @property
    def subject(self) -> str:
        return self.reference

    def legs(self) -> tuple[Leg, ...]:
        if self.funded_by_shop_id is None:
            payer = self.debit(Code.POINTS, self.amount_minor)
        else:
            payer = self.debit(Code.PAYABLE, self.amount_minor, Owner.of_shop(self.funded_by_shop_id))
        return balanced(payer, self.credit(Code.POINTS_LIABILITY, self.amount_minor))


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsExpired(PostingEvent):
    """K: points that nobody used in time."""

    kind: ClassVar[str] = "points_expired"
    reference: str
    amount_minor: int

    @property
    def subject(self) -> str:
        return self.reference

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.POINTS_LIABILITY, self.amount_minor),
            self.credit(Code.BREAKAGE, self.amount_minor),
        )
