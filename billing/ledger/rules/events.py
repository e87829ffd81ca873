"""What every business event that moves money has in common, and how its legs are written down."""

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import cache
from hashlib import sha256
from json import JSONEncoder
from typing import Any, ClassVar

from billing.ledger.contracts import AccountRef, Book, Code, Leg, Owner, Side
from billing.ledger.rules.chart import account_of
from market.money import DEFAULT_CURRENCY, MAX_AMOUNT_MINOR, get_currency

_encode = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class BadEvent(ValueError):
    """An event whose amounts cannot be posted: negative, too large, nothing at all, or out of balance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingEvent(ABC):
    """A business event. `kind` names it for ever; the fields are what was agreed, in minor units."""

    kind: ClassVar[str]
    currency: str = DEFAULT_CURRENCY

    @property
    @abstractmethod
    def subject(self) -> str:
        """The number that people know it by: of the share, payment, refund, payout."""

    @abstractmethod
    def legs(self) -> tuple[Leg, ...]:
        """The balanced entries of this event. Raises `BadEvent`."""

    def to_payload(self) -> dict[str, Any]:
        """The event as JSON; `read_event` is the way back."""
        return {name: _to_json(getattr(self, name)) for name in _list_names(type(self))}

    def owned(self, code: Code, owner: Owner | None = None) -> AccountRef:
        """The account of a code in this event's currency."""
        return account_of(code, owner, self.currency)

    def debit(
        self, code: Code, amount_minor: int, owner: Owner | None = None, *, spill: AccountRef | None = None
    ) -> Leg:
        return Leg(self.owned(code, owner), Side.DEBIT, amount_minor, spill)

    def credit(self, code: Code, amount_minor: int, owner: Owner | None = None) -> Leg:
        return Leg(self.owned(code, owner), Side.CREDIT, amount_minor)


@dataclass(frozen=True, slots=True)
class Posting:
    """An event to be posted once under its key, for ever."""

    key: str
    event: PostingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareEvent(PostingEvent):
    """About one shop's share of a purchase."""

    shop_id: int
    share_no: str

    @property
    def subject(self) -> str:
        return self.share_no

    @property
    def shop(self) -> Owner:
        return Owner.of_shop(self.shop_id)

    @property
    def order(self) -> Owner:
        return Owner.of_order(self.shop_id, self.share_no)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopEvent(PostingEvent):
    """About a shop, outside its orders. `reference` is the number of the payout, dispute, top-up or plan."""

    shop_id: int
    reference: str

    @property
    def subject(self) -> str:
        return self.reference

    @property
    def shop(self) -> Owner:
        return Owner.of_shop(self.shop_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent(PostingEvent):
    """About a payment provider. `reference` is the number of the payment, refund or settlement."""

    psp: str
    reference: str

    @property
    def subject(self) -> str:
        return self.reference

    @property
    def provider(self) -> Owner:
        return Owner.of_psp(self.psp)


def balanced(*legs: Leg) -> tuple[Leg, ...]:
    """Legs without the empty ones, merged per account and side, proven to balance. Raises `BadEvent`."""
    merged: dict[tuple[AccountRef, Side, AccountRef | None], int] = {}
    sums: dict[tuple[Book, str], int] = {}
    for leg in legs:
        if not 0 <= leg.amount_minor <= MAX_AMOUNT_MINOR:
            raise BadEvent(f"{leg.account.code} cannot be posted with {leg.amount_minor}")
        if not leg.amount_minor:
            continue
        place = (leg.account, leg.side, leg.spill)
        merged[place] = merged.get(place, 0) + leg.amount_minor
        ledger = (leg.account.book, leg.account.currency)
        signed = leg.amount_minor if leg.side is Side.DEBIT else -leg.amount_minor
        sums[ledger] = sums.get(ledger, 0) + signed
    if not merged:
        raise BadEvent("nothing to post")
    for (book, currency), difference in sums.items():
        get_currency(currency)
        if difference:
            raise BadEvent(f"debits and credits of {book} {currency} differ by {difference}")
    if len(merged) == len(legs):
        return legs
    return tuple(Leg(account, side, amount, spill) for (account, side, spill), amount in merged.items())


@cache
def _list_names(event: type[PostingEvent]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(event))


def _to_json(value: Any) -> Any:  # Any: a field's value, and the same as JSON
    if isinstance(value, tuple):
        return [asdict(part) for part in value]
    return value.value if isinstance(value, StrEnum) else value


def hash_payload(kind: str, payload: dict[str, Any]) -> str:
    """What tells a repeat of a posting from another posting under the same key."""
    return sha256(_encode([kind, payload]).encode()).hexdigest()
