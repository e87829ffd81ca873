"""The books against a simple model of their own: random steps, and after each one everything that must hold.

A short run in CI; `JISHI_LONG=1` makes 2,000 sequences.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from billing.ledger.contracts import Code, Owner, Refusal, VerdictKind
from billing.ledger.models import Account, Entry, Transaction
from billing.ledger.rules import (
    AdClicksCharged,
    AdTopUpCaptured,
    AdTopUpFromSales,
    CodDelivered,
    CodKeptByShop,
    DebtNetted,
    DisputeOpened,
    EscrowReleased,
    FloorReached,
    PayoutAsked,
    Posting,
    PostingEvent,
    RefundAfterRelease,
    account_of,
)
from billing.ledger.selectors import prove_ledger
from billing.ledger.services import (
    HoldEnded,
    HoldExceeded,
    KeyReused,
    ReversalTooLarge,
    expire_holds,
    hold,
    post,
    post_batch,
    post_hold,
    post_pending,
    request_posting,
    reverse,
    top_up_hold,
    void_hold,
)
from market.money import included_portion

SEQUENCES = 2000 if os.environ.get("JISHI_LONG") else 40

Place = tuple[str, str]
PLATFORM = 0
MAY_OVERDRAW = ("refund", "dispute")

ACCOUNTS: dict[str, tuple[Code, Callable[[int], Owner | None]]] = {
    "psp": (Code.PSP_RECEIVABLE, lambda _: Owner.of_psp("w")),
    "refunds": (Code.REFUND_PAYABLE, lambda _: Owner.of_psp("w")),
    "carrier": (Code.COD_RECEIVABLE, lambda _: Owner.of_carrier("sf")),
    "clicks": (Code.ADS_CPC, lambda _: None),
    "vat": (Code.VAT_PAYABLE, lambda _: None),
    "commission": (Code.COMMISSION, lambda _: None),
    "wallet": (Code.AD_WALLET_CASH, Owner.of_shop),
    "payable": (Code.PAYABLE, Owner.of_shop),
    "owed": (Code.MERCHANT_RECEIVABLE, Owner.of_shop),
    "transit": (Code.PAYOUT_IN_TRANSIT, Owner.of_shop),
    "disputed": (Code.DISPUTE_HOLD, Owner.of_shop),
    "escrow": (Code.ESCROW, lambda shop: Owner.of_order(shop, "S")),
}


def at(name: str, shop: int = PLATFORM) -> Place:
    """An account as the model knows it: its code and its owner's id."""
    code, owner = ACCOUNTS[name]
    found = owner(shop)
    return code.value, found.id if found else ""


FLOORED = {at(name)[0] for name in ("wallet", "transit", "escrow", "disputed", "payable")}
PAYABLE = at("payable")[0]

amounts = st.integers(1, 2000)
shops = st.integers(1, 2)


@dataclass
class Model:
    """Balances in their normal direction and what is held, nothing else."""

    balances: Counter[Place] = field(default_factory=Counter)
    held: Counter[Place] = field(default_factory=Counter)

    def available(self, place: Place) -> int:
        return self.balances[place] - self.held[place]

    def try_post(self, kind: str, effects: dict[Place, int]) -> bool:
        for place, change in effects.items():
            if place[0] in FLOORED and change < 0 and self.available(place) + change < 0:
                if place[0] == PAYABLE and kind.split("_")[0] in MAY_OVERDRAW:
                    continue
                return False
        self.balances.update(effects)
        return True


@dataclass
class ModelHold:
    """What the model knows of a hold."""

    key: str
    shop: int
    left: int
    expires_at: datetime
    open: bool = True


@dataclass(frozen=True)
class Business:
    """An event, and by hand what it does to which balance."""

    event: PostingEvent
    effects: Callable[[Model], dict[Place, int]]


def top_up(shop: int, amount: int) -> Business:
    event = AdTopUpCaptured(shop_id=shop, reference="T", psp="w", amount_minor=amount)
    return Business(event, lambda _: {at("psp"): amount, at("wallet", shop): amount})


def charge(shop: int, amount: int) -> Business:
    vat = included_portion(amount, 600)
    event = AdClicksCharged(shop_id=shop, reference="C", amount_minor=amount, vat_minor=vat)
    return Business(event, lambda _: {at("wallet", shop): -amount, at("clicks"): amount - vat, at("vat"): vat})


def from_sales(shop: int, amount: int) -> Business:
    event = AdTopUpFromSales(shop_id=shop, reference="T", amount_minor=amount)
    return Business(event, lambda _: {at("payable", shop): -amount, at("wallet", shop): amount})


def delivered(shop: int, amount: int) -> Business:
    event = CodDelivered(shop_id=shop, share_no="S", carrier="sf", amount_minor=amount)
    return Business(event, lambda _: {at("carrier"): amount, at("escrow", shop): amount})


def released(shop: int, amount: int) -> Business:
    fee = amount // 20
    event = EscrowReleased(
        shop_id=shop, share_no="S", amount_minor=amount, commission_minor=fee, commission_vat_minor=0
    )
    return Business(
        event,
        lambda _: {at("escrow", shop): -amount, at("commission"): fee, at("payable", shop): amount - fee},
    )


def refunded(shop: int, amount: int) -> Business:
    event = RefundAfterRelease(
        shop_id=shop,
        share_no="S",
        psp="w",
        refund_no="R",
        cash_minor=amount,
        commission_minor=0,
        commission_vat_minor=0,
    )
    return Business(event, lambda _: {at("payable", shop): -amount, at("refunds"): amount})


def disputed(shop: int, amount: int) -> Business:
    event = DisputeOpened(shop_id=shop, reference="D", psp="w", amount_minor=amount)
    return Business(event, lambda _: {at("payable", shop): -amount, at("disputed", shop): amount})


def paid_out(shop: int, amount: int) -> Business:
    event = PayoutAsked(shop_id=shop, reference="O", amount_minor=amount)
    return Business(event, lambda _: {at("payable", shop): -amount, at("transit", shop): amount})


def kept(shop: int, amount: int) -> Business:
    event = CodKeptByShop(shop_id=shop, share_no="S", commission_minor=amount, commission_vat_minor=0)

    def effects(model: Model) -> dict[Place, int]:
        borne = max(0, min(amount, model.available(at("payable", shop))))
        return {at("payable", shop): -borne, at("owed", shop): amount - borne, at("commission"): amount}

    return Business(event, effects)


def netted(shop: int, amount: int) -> Business:
    event = DebtNetted(shop_id=shop, reference="N", amount_minor=amount)
    return Business(event, lambda _: {at("payable", shop): -amount, at("owed", shop): -amount})


MAKERS = [
    top_up,
    top_up,
    charge,
    from_sales,
    delivered,
    delivered,
    released,
    refunded,
    disputed,
    paid_out,
    kept,
    netted,
]
businesses = st.builds(lambda make, shop, amount: make(shop, amount), st.sampled_from(MAKERS), shops, amounts)


class Books(RuleBasedStateMachine):
    """Every step is done to the books and to the model; both must agree on the answer and on what it changed."""

    posted = Bundle("posted")
    holds = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)
        self.model = Model()
        self.count = 0
        self.transactions = 0
        self.all_holds: list[ModelHold] = []
        self.left: dict[str, dict[Place, int]] = {}
        self.outer = transaction.atomic()
        self.outer._from_testcase = True  # durable blocks may run inside, as in Django's own test cases
        self.outer.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    def next_key(self) -> str:
        self.count += 1
        self.now += timedelta(seconds=1)
        return f"k{self.count}"

    def expect(self, key: str, business: Business) -> bool:
        effects = business.effects(self.model)
        accepted = self.model.try_post(business.event.kind, effects)
        if accepted:
            self.transactions += 1
            self.left[key] = effects
        return accepted

    @rule(target=posted, business=businesses)
    def post_one(self, business: Business):
        key = self.next_key()
        accepted = self.expect(key, business)
        try:
            answer = post(key=key, event=business.event, now=self.now)
        except FloorReached:
            assert not accepted
            return multiple()
        assert accepted
        assert not answer.repeated
        return (key, business, answer.transaction_id)

    @rule(posts=st.lists(businesses, min_size=1, max_size=6))
    def post_many(self, posts: list[Business]) -> None:
        keys = [self.next_key() for _ in posts]
        expected = [self.expect(key, business) for key, business in zip(keys, posts, strict=True)]
        postings = [Posting(key, business.event) for key, business in zip(keys, posts, strict=True)]
        verdicts = post_batch(requests=postings, now=self.now)
        assert [verdict.kind is VerdictKind.POSTED for verdict in verdicts] == expected
        assert all(verdict.refusal in (None, Refusal.FLOOR) for verdict in verdicts)

    @rule(posts=st.lists(businesses, min_size=1, max_size=4))
    def request_many(self, posts: list[Business]) -> None:
        for business in posts:
            key = self.next_key()
            if not self.expect(key, business):
                continue
            request_posting(key=key, event=business.event, now=self.now)
        post_pending(self.now)

    @rule(known=posted, business=businesses, reuse=st.booleans())
    def post_again(self, known: tuple[str, Business, int], business: Business, reuse: bool) -> None:
        key, first, number = known
        if reuse and business.event != first.event:
            with pytest.raises(KeyReused):
                post(key=key, event=business.event, now=self.now)
        else:
            again = post(key=key, event=first.event, now=self.now)
            assert again.repeated
            assert again.transaction_id == number

    @rule(known=posted, part=st.one_of(st.none(), amounts))
    def reverse_some(self, known: tuple[str, Business, int], part: int | None) -> None:
        key, _, number = known
        left = self.left[key]
        entries = list(Entry.objects.filter(transaction_id=number).order_by("pk"))
        whole = sum(entry.amount_minor for entry in entries if entry.side == "D")
        back = Entry.objects.filter(transaction__reverses=number)
        rest = whole - sum(entry.amount_minor for entry in back if entry.side == "D")
        wanted = rest if part is None else part
        try:
            reverse(key=self.next_key(), transaction_id=number, amount_minor=part, now=self.now)
        except ReversalTooLarge:
            assert not 0 < wanted <= rest
            return
        except FloorReached:
            raised = [place for place, change in left.items() if change > 0 and place[0] in FLOORED]
            assert any(self.model.available(place) < wanted for place in raised)
            return
        assert 0 < wanted <= rest
        self.transactions += 1
        self.take_back(number)

    def take_back(self, number: int) -> None:
        """What the newest reversal did, told from its entries: proportions are tested with the pure rules."""
        newest = Transaction.objects.filter(reverses_id=number).latest("pk")
        for entry in Entry.objects.filter(transaction=newest).select_related("account"):
            sign = 1 if entry.side == entry.account.normal else -1
            self.model.balances[entry.account.code, entry.account.owner_id] += sign * entry.amount_minor

    @rule(target=holds, shop=shops, amount=amounts, minutes=st.integers(1, 3))
    def take_hold(self, shop: int, amount: int, minutes: int):
        key = self.next_key()
        wallet, place = account_of(Code.AD_WALLET_CASH, Owner.of_shop(shop)), at("wallet", shop)
        expires_at = self.now + timedelta(minutes=minutes)
        enough = self.model.available(place) >= amount
        for _ in range(2):
            try:
                hold(key=key, kind="bid", account=wallet, amount_minor=amount, expires_at=expires_at, now=self.now)
            except FloorReached:
                assert not enough
                return multiple()
        assert enough
        self.model.held[place] += amount
        self.all_holds.append(ModelHold(key, shop, amount, expires_at))
        return self.all_holds[-1]

    @rule(held=holds, amount=amounts, close=st.booleans())
    def post_held(self, held: ModelHold, amount: int, close: bool) -> None:
        key, place = self.next_key(), at("wallet", held.shop)
        business = charge(held.shop, amount)
        try:
            post_hold(hold_key=held.key, key=key, event=business.event, now=self.now, close=close)
        except HoldEnded:
            assert not held.open or held.expires_at <= self.now
            return
        except HoldExceeded:
            assert amount > held.left
            return
        assert held.open
        assert amount <= held.left
        gone = held.left if close else amount
        self.model.held[place] -= gone
        assert self.expect(key, business)
        held.left -= gone
        held.open = held.left > 0
        assert post_hold(hold_key=held.key, key=key, event=business.event, now=self.now, close=close).repeated

    @rule(held=holds, amount=amounts)
    def raise_hold(self, held: ModelHold, amount: int) -> None:
        place = at("wallet", held.shop)
        try:
            top_up_hold(hold_key=held.key, key=self.next_key(), amount_minor=amount, now=self.now)
        except HoldEnded:
            assert not held.open or held.expires_at <= self.now
        except FloorReached:
            assert self.model.available(place) < amount
        else:
            assert held.open
            self.model.held[place] += amount
            held.left += amount

    @rule(held=consumes(holds))
    def void(self, held: ModelHold) -> None:
        try:
            void_hold(key=held.key, now=self.now)
        except HoldEnded:
            assert not held.open
            return
        if held.open:
            self.model.held[at("wallet", held.shop)] -= held.left
        held.open, held.left = False, 0

    @rule(minutes=st.integers(1, 4))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        due = [held for held in self.all_holds if held.open and held.expires_at <= self.now]
        assert expire_holds(self.now) == len(due)
        for held in due:
            self.model.held[at("wallet", held.shop)] -= held.left
            held.open, held.left = False, 0

    @invariant()
    def both_agree(self) -> None:
        assert Transaction.objects.count() == self.transactions
        found: dict[Place, tuple[int, int]] = {}
        for row in Account.objects.all():
            balance = row.posted_credits_minor - row.posted_debits_minor
            held = row.pending_debits_minor + row.pending_credits_minor
            found[row.code, row.owner_id] = (balance if row.normal == "C" else -balance, held)
        for place in {at(name, shop) for name in ACCOUNTS for shop in (1, 2)}:
            expected = self.model.balances[place], self.model.held[place]
            assert found.get(place, (0, 0)) == expected, place

    @invariant()
    def the_books_are_sound(self) -> None:
        proof = prove_ledger()
        assert proof.sound, proof


@pytest.mark.django_db
@pytest.mark.timeout(3600 if os.environ.get("JISHI_LONG") else 300)
def test_the_books_agree_with_a_simple_model_after_every_step() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


def test_the_models_own_events_are_what_they_say() -> None:
    assert replace(top_up(1, 5).event, amount_minor=6) == top_up(1, 6).event
