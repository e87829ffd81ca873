"""A ledger of a few lines that knows nothing of ours: balances, holds, floors, and by hand what each event does."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from hypothesis import strategies as st

from billing.ledger.contracts import AccountRef, Code, Owner
from billing.ledger.rules import (
    AdClicksCharged,
    AdTopUpCaptured,
    AdTopUpFromSales,
    CodDelivered,
    CodKeptByShop,
    CustodyCommissionSplit,
    CustodySharePaid,
    DebtNetted,
    DisputeOpened,
    EscrowReleased,
    PayoutAsked,
    PostingEvent,
    RefundAfterRelease,
    account_of,
)

Place = tuple[str, str, int]  # currency, name, shop
Effects = dict[Place, int]  # what is added to balances, each in its normal direction

PLATFORM = 0
CURRENCIES = ("CNY", "CNY", "USD", "JPY")
MAY_OVERDRAW = ("refund_", "dispute_")
LONGEST_WAIT, MOST_ATTEMPTS = 600, 12


@dataclass(frozen=True)
class Line:
    """An account as the model knows it. `floor` None: it may go anywhere."""

    code: Code
    owner: Callable[[int], Owner | None]
    normal: str
    floor: int | None = None
    book: str = "main"


LINES = {
    "psp": Line(Code.PSP_RECEIVABLE, lambda _: Owner.of_psp("w"), "D"),
    "refunds": Line(Code.REFUND_PAYABLE, lambda _: Owner.of_psp("w"), "C"),
    "carrier": Line(Code.COD_RECEIVABLE, lambda _: Owner.of_carrier("sf"), "D"),
    "clicks": Line(Code.ADS_CPC, lambda _: None, "C"),
    "vat": Line(Code.VAT_PAYABLE, lambda _: None, "C"),
    "commission": Line(Code.COMMISSION, lambda _: None, "C"),
    "wallet": Line(Code.AD_WALLET_CASH, Owner.of_shop, "C", 0),
    "payable": Line(Code.PAYABLE, Owner.of_shop, "C", 0),
    "owed": Line(Code.MERCHANT_RECEIVABLE, Owner.of_shop, "D"),
    "transit": Line(Code.PAYOUT_IN_TRANSIT, Owner.of_shop, "C", 0),
    "disputed": Line(Code.DISPUTE_HOLD, Owner.of_shop, "C", 0),
    "escrow": Line(Code.ESCROW, lambda shop: Owner.of_order(shop, "S"), "C", 0),
    "kept": Line(Code.CUSTODY_AT_PSP, lambda shop: Owner.of_shop_at_psp(shop, "w"), "D", None, "custody"),
    "mirror": Line(Code.CUSTODY_OWED, Owner.of_shop, "C", None, "custody"),
}

amounts = st.integers(1, 2000)
shops = st.sampled_from([1, 1, 2])
currencies = st.sampled_from(CURRENCIES)


def ref_of(place: Place) -> AccountRef:
    """Our name for an account of the model."""
    currency, name, shop = place
    return account_of(LINES[name].code, LINES[name].owner(shop), currency)


@dataclass
class Model:
    """Balances in their normal direction, what is held, and the floors that were set."""

    balances: Counter[Place] = field(default_factory=Counter)
    held: Counter[Place] = field(default_factory=Counter)
    floors: dict[Place, int] = field(default_factory=dict)

    def available(self, place: Place) -> int:
        return self.balances[place] - self.held[place]

    def floor(self, place: Place, kind: str) -> int | None:
        if place[1] == "payable" and kind.startswith(MAY_OVERDRAW):
            return None
        return self.floors.get(place, LINES[place[1]].floor)

    def allows(self, kind: str, effects: Effects) -> bool:
        for place, change in effects.items():
            floor = self.floor(place, kind)
            if change < 0 and floor is not None and self.available(place) + change < floor:
                return False
        return True

    def try_post(self, kind: str, effects: Effects) -> bool:
        allowed = self.allows(kind, effects)
        if allowed:
            self.balances.update(effects)
        return allowed


@dataclass
class ModelHold:
    """What the model knows of a hold."""

    key: str
    place: Place
    amount: int
    expires_at: datetime
    posted: int = 0
    state: str = "open"

    @property
    def left(self) -> int:
        return self.amount - self.posted if self.state == "open" else 0

    def end(self, state: str, model: Model) -> None:
        model.held[self.place] -= self.left
        self.state = state


@dataclass
class ModelRequest:
    """A request that waits: tried again after 1, 2, 4 … seconds, put aside after the twelfth time."""

    key: str
    business: "Business"
    due_at: datetime
    attempts: int = 0

    def refuse(self, now: datetime) -> None:
        self.due_at = now + timedelta(seconds=min(2**self.attempts, LONGEST_WAIT))
        self.attempts += 1

    def is_due(self, now: datetime) -> bool:
        return self.attempts < MOST_ATTEMPTS and self.due_at <= now


@dataclass(frozen=True)
class Business:
    """An event, and by hand what it does to which balance."""

    event: PostingEvent
    effects: Callable[[Model], Effects]


def top_up(currency: str, shop: int, amount: int) -> Business:
    event = AdTopUpCaptured(shop_id=shop, reference="T", psp="w", amount_minor=amount)
    return Business(event, lambda _: {(currency, "psp", 0): amount, (currency, "wallet", shop): amount})


def charge(currency: str, shop: int, amount: int) -> Business:
    vat = (amount * 6 + 53) // 106  # 6 % inside, half up
    event = AdClicksCharged(shop_id=shop, reference="C", amount_minor=amount, vat_minor=vat)
    effects = {
        (currency, "wallet", shop): -amount,
        (currency, "clicks", 0): amount - vat,
        (currency, "vat", 0): vat,
    }
    return Business(event, lambda _: {place: change for place, change in effects.items() if change})


def from_sales(currency: str, shop: int, amount: int) -> Business:
    event = AdTopUpFromSales(shop_id=shop, reference="T", amount_minor=amount)
    return Business(event, lambda _: {(currency, "payable", shop): -amount, (currency, "wallet", shop): amount})


def delivered(currency: str, shop: int, amount: int) -> Business:
    event = CodDelivered(shop_id=shop, share_no="S", carrier="sf", amount_minor=amount)
    return Business(event, lambda _: {(currency, "carrier", 0): amount, (currency, "escrow", shop): amount})


def released(currency: str, shop: int, amount: int) -> Business:
    fee = amount // 20
    event = EscrowReleased(
        shop_id=shop, share_no="S", amount_minor=amount, commission_minor=fee, commission_vat_minor=0
    )
    effects = {
        (currency, "escrow", shop): -amount,
        (currency, "commission", 0): fee,
        (currency, "payable", shop): amount - fee,
    }
    return Business(event, lambda _: {place: change for place, change in effects.items() if change})


def refunded(currency: str, shop: int, amount: int) -> Business:
    event = RefundAfterRelease(
        shop_id=shop,
        share_no="S",
        psp="w",
        refund_no="R",
        cash_minor=amount,
        commission_minor=0,
        commission_vat_minor=0,
    )
    return Business(event, lambda _: {(currency, "payable", shop): -amount, (currency, "refunds", 0): amount})


def disputed(currency: str, shop: int, amount: int) -> Business:
    event = DisputeOpened(shop_id=shop, reference="D", psp="w", amount_minor=amount)
    return Business(event, lambda _: {(currency, "payable", shop): -amount, (currency, "disputed", shop): amount})


def paid_out(currency: str, shop: int, amount: int) -> Business:
    event = PayoutAsked(shop_id=shop, reference="O", amount_minor=amount)
    return Business(event, lambda _: {(currency, "payable", shop): -amount, (currency, "transit", shop): amount})


def kept(currency: str, shop: int, amount: int) -> Business:
    event = CodKeptByShop(shop_id=shop, share_no="S", commission_minor=amount, commission_vat_minor=0)

    def effects(model: Model) -> Effects:
        borne = max(0, min(amount, model.available((currency, "payable", shop))))
        changes = {
            (currency, "payable", shop): -borne,
            (currency, "owed", shop): amount - borne,
            (currency, "commission", 0): amount,
        }
        return {place: change for place, change in changes.items() if change}

    return Business(event, effects)


def netted(currency: str, shop: int, amount: int) -> Business:
    event = DebtNetted(shop_id=shop, reference="N", amount_minor=amount)
    return Business(event, lambda _: {(currency, "payable", shop): -amount, (currency, "owed", shop): -amount})


def custody_paid(currency: str, shop: int, amount: int) -> Business:
    event = CustodySharePaid(shop_id=shop, share_no="S", psp="w", amount_minor=amount)
    return Business(event, lambda _: {(currency, "kept", shop): amount, (currency, "mirror", shop): amount})


def custody_split(currency: str, shop: int, amount: int) -> Business:
    """Two books in one transaction."""
    event = CustodyCommissionSplit(
        shop_id=shop, share_no="S", psp="w", commission_minor=amount, commission_vat_minor=amount // 2
    )
    effects = {
        (currency, "psp", 0): amount,
        (currency, "commission", 0): amount - amount // 2,
        (currency, "vat", 0): amount // 2,
        (currency, "mirror", shop): -amount,
        (currency, "kept", shop): -amount,
    }
    return Business(event, lambda _: {place: change for place, change in effects.items() if change})


MAKERS = [
    *(top_up, top_up, charge, from_sales, delivered, delivered, released, released, refunded, disputed, paid_out),
    *(kept, netted, custody_paid, custody_split),
]


def make_business(make: Callable[[str, int, int], Business], currency: str, shop: int, amount: int) -> Business:
    """An event in its currency, with its effects."""
    made = make(currency, shop, amount)
    return replace(made, event=replace(made.event, currency=currency))


charge_of = partial(make_business, charge)
businesses = st.builds(make_business, st.sampled_from(MAKERS), currencies, shops, amounts)


def is_debit(place: Place, change: int) -> bool:
    """Whether a change of a balance was a debit."""
    return (LINES[place[1]].normal == "D") == (change > 0)


def list_debits(effects: Effects) -> Counter[str]:
    """What was debited, per book."""
    debits: Counter[str] = Counter()
    for place, change in effects.items():
        if is_debit(place, change):
            debits[LINES[place[1]].book] += abs(change)
    return debits
