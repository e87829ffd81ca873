"""Cash on delivery: the carrier holds the cash until it remits it, or the shop keeps it."""

from dataclasses import dataclass
from typing import ClassVar

from billing.ledger.contracts import Code, Leg, Owner
from billing.ledger.rules.events import ShareEvent, balanced


@dataclass(frozen=True, slots=True, kw_only=True)
class CodDelivered(ShareEvent):
    """G1: the carrier has the buyer's cash."""

    kind: ClassVar[str] = "cod_delivered"
    carrier: str
    amount_minor: int

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.COD_RECEIVABLE, self.amount_minor, Owner.of_carrier(self.carrier)),
            self.credit(Code.ESCROW, self.amount_minor, self.order),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CodRemitted(ShareEvent):
    """G2: the carrier remits `amount_minor` less its fee, which the shop bears."""

    kind: ClassVar[str] = "cod_remitted"
    carrier: str
    bank_account: str
    amount_minor: int
    fee_minor: int = 0

    def legs(self) -> tuple[Leg, ...]:
        return balanced(
            self.debit(Code.BANK, self.amount_minor - self.fee_minor, Owner.of_bank(self.bank_account)),
            self.debit(Code.ESCROW, self.fee_minor, self.order),
            self.credit(Code.COD_RECEIVABLE, self.amount_minor, Owner.of_carrier(self.carrier)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CodKeptByShop(ShareEvent):
    """G': the shop has the cash, so only our commission is posted; what its payable cannot bear it owes us."""

    kind: ClassVar[str] = "cod_kept_by_shop"
    commission_minor: int
    commission_vat_minor: int

    def legs(self) -> tuple[Leg, ...]:
        owed = self.owned(Code.MERCHANT_RECEIVABLE, self.shop)
        return balanced(
            self.debit(Code.PAYABLE, self.commission_minor, self.shop, spill=owed),
            self.credit(Code.COMMISSION, self.commission_minor - self.commission_vat_minor),
            self.credit(Code.VAT_PAYABLE, self.commission_vat_minor),
        )
