"""Holds: put aside once, posted in parts, never more than was held, given back."""

import dataclasses
from datetime import timedelta

import pytest
from django.utils.module_loading import import_string

from billing.ledger.contracts import AccountRef, Code, HoldState, Owner
from billing.ledger.models import Hold
from billing.ledger.rules import (
    AdClicksCharged,
    AdTopUpCaptured,
    BadEvent,
    DisputeFeePassedOn,
    FloorReached,
    PayoutAsked,
    SlotWon,
    account_of,
)
from billing.ledger.selectors import find_transaction, get_balance, prove_ledger
from billing.ledger.services import (
    HoldEnded,
    HoldExceeded,
    HoldNotFound,
    KeyReused,
    expire_holds,
    hold,
    post,
    post_hold,
    top_up_hold,
    void_hold,
)
from config.subscriptions import TIMERS
from tests.billing.ledger.books import ROWS
from tests.conftest import Clock

pytestmark = pytest.mark.django_db

SHOP = Owner.of_shop(1)


@pytest.fixture
def wallet(clock: Clock) -> AccountRef:
    """An advertising wallet with 500.00."""
    post(key="top-up", event=AdTopUpCaptured(shop_id=1, reference="T", psp="w", amount_minor=50000), now=clock.now)
    return account_of(Code.AD_WALLET_CASH, SHOP)


def take(wallet: AccountRef, clock: Clock, amount: int = 21000, key: str = "bid"):
    expires_at = clock.now + timedelta(hours=1)
    return hold(key=key, kind="slot_bid", account=wallet, amount_minor=amount, expires_at=expires_at, now=clock.now)


def won(amount: int) -> SlotWon:
    return SlotWon(shop_id=1, reference="LOT", amount_minor=amount)


def balance():
    return get_balance(code=Code.AD_WALLET_CASH, owner=SHOP)


def test_what_is_held_is_not_available_and_not_spent(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    assert (balance().posted_minor, balance().held_minor, balance().available_minor) == (50000, 21000, 29000)
    with pytest.raises(FloorReached):
        take(wallet, clock, 29001, "second")
    with pytest.raises(FloorReached):
        post(key="w", event=won(29001), now=clock.now)
    post(key="w", event=won(29000), now=clock.now)
    assert balance().available_minor == 0
    assert prove_ledger().sound


def test_a_hold_is_taken_once_under_its_key(wallet: AccountRef, clock: Clock) -> None:
    first = take(wallet, clock)
    assert take(wallet, clock) == first
    with pytest.raises(KeyReused):
        take(wallet, clock, 21001)
    assert balance().held_minor == 21000


def test_the_winner_pays_out_of_the_hold_and_it_closes(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    posted = post_hold(hold_key="bid", key="won", event=won(21000), now=clock.now)
    assert post_hold(hold_key="bid", key="won", event=won(21000), now=clock.now).transaction_id == posted.transaction_id
    assert (balance().posted_minor, balance().held_minor) == (29000, 0)
    assert Hold.objects.get().state == HoldState.CLOSED
    assert get_balance(code=Code.SLOT_DEFERRED, owner=SHOP).posted_minor == 21000
    with pytest.raises(HoldEnded):
        post_hold(hold_key="bid", key="more", event=won(1), now=clock.now)
    with pytest.raises(HoldEnded):
        void_hold(key="bid", now=clock.now)
    assert prove_ledger().sound


def test_a_hold_is_posted_in_parts_and_the_rest_returns(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    post_hold(hold_key="bid", key="p1", event=won(5000), now=clock.now)
    assert (balance().posted_minor, balance().held_minor) == (45000, 16000)
    with pytest.raises(HoldExceeded):
        post_hold(hold_key="bid", key="p2", event=won(16001), now=clock.now)
    post_hold(hold_key="bid", key="p2", event=won(6000), now=clock.now, close=True)
    assert (balance().posted_minor, balance().held_minor) == (39000, 0)
    assert prove_ledger().sound


def test_only_what_takes_from_the_held_account_posts_a_hold(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    stranger = dataclasses.replace(won(100), shop_id=2)
    with pytest.raises(HoldExceeded):
        post_hold(hold_key="bid", key="x", event=stranger, now=clock.now)
    charge = AdClicksCharged(shop_id=1, reference="H", amount_minor=4127, vat_minor=234)
    post_hold(hold_key="bid", key="clicks", event=charge, now=clock.now)
    assert balance().held_minor == 21000 - 4127


def test_a_key_posted_elsewhere_does_not_post_a_hold(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    post(key="won", event=won(100), now=clock.now)
    with pytest.raises(KeyReused):
        post_hold(hold_key="bid", key="won", event=won(100), now=clock.now)


def test_a_loser_gets_everything_back_once(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    assert void_hold(key="bid", now=clock.now).state is HoldState.VOIDED
    assert void_hold(key="bid", now=clock.now).remaining_minor == 0
    assert (balance().posted_minor, balance().held_minor) == (50000, 0)
    with pytest.raises(HoldEnded):
        post_hold(hold_key="bid", key="won", event=won(1), now=clock.now)


def test_only_what_was_not_posted_is_given_back(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    take(wallet, clock, 3000, "other")
    post_hold(hold_key="bid", key="part", event=won(5000), now=clock.now)
    void_hold(key="bid", now=clock.now)
    assert (balance().posted_minor, balance().held_minor) == (45000, 3000)
    post_hold(hold_key="other", key="other part", event=won(1000), now=clock.now)
    assert expire_holds(clock.move(hours=1)) == 1
    assert (balance().posted_minor, balance().held_minor) == (44000, 0)
    assert prove_ledger().sound


def test_a_hold_is_topped_up_once_under_its_key(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    raised = top_up_hold(hold_key="bid", key="raise", amount_minor=4000, now=clock.now)
    assert raised.amount_minor == 25000
    assert top_up_hold(hold_key="bid", key="raise", amount_minor=4000, now=clock.now) == raised
    with pytest.raises(KeyReused):
        top_up_hold(hold_key="bid", key="raise", amount_minor=4001, now=clock.now)
    with pytest.raises(FloorReached):
        top_up_hold(hold_key="bid", key="raise more", amount_minor=25001, now=clock.now)
    assert balance().held_minor == 25000
    assert prove_ledger().sound


def test_an_expired_hold_returns_and_cannot_be_posted(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    assert expire_holds(clock.move(minutes=59)) == 0
    clock.move(minutes=1)
    with pytest.raises(HoldEnded):
        post_hold(hold_key="bid", key="late", event=won(1), now=clock.now)
    with pytest.raises(HoldEnded):
        top_up_hold(hold_key="bid", key="late", amount_minor=1, now=clock.now)
    assert expire_holds(clock.now) == 1
    assert expire_holds(clock.now) == 0
    assert Hold.objects.get().state == HoldState.EXPIRED
    assert balance().held_minor == 0
    assert find_transaction("late") is None
    assert prove_ledger().sound


def test_a_payout_cannot_take_what_a_hold_keeps_of_a_payable(clock: Clock) -> None:
    for row in ("G1", "G2", "G3"):
        post(key=row, event=ROWS[row][0], now=clock.now)
    payable = account_of(Code.PAYABLE, SHOP)
    hold(key="reserve", kind="reserve", account=payable, amount_minor=1000, expires_at=None, now=clock.now)
    with pytest.raises(FloorReached):
        post(key="out", event=PayoutAsked(shop_id=1, reference="O", amount_minor=3551), now=clock.now)
    post(key="out", event=PayoutAsked(shop_id=1, reference="O", amount_minor=3550), now=clock.now)


def test_no_amount_and_no_such_hold_are_refused(wallet: AccountRef, clock: Clock) -> None:
    with pytest.raises(BadEvent):
        take(wallet, clock, 0)
    with pytest.raises(HoldNotFound):
        void_hold(key="nobody", now=clock.now)
    with pytest.raises(HoldNotFound):
        post_hold(hold_key="nobody", key="x", event=won(1), now=clock.now)
    take(wallet, clock)
    with pytest.raises(BadEvent):
        top_up_hold(hold_key="bid", key="x", amount_minor=0, now=clock.now)


def test_a_key_that_topped_up_a_hold_does_not_post_it(wallet: AccountRef, clock: Clock) -> None:
    take(wallet, clock)
    top_up_hold(hold_key="bid", key="raise", amount_minor=100, now=clock.now)
    with pytest.raises(KeyReused):
        post_hold(hold_key="bid", key="raise", event=won(100), now=clock.now)
    post_hold(hold_key="bid", key="won", event=won(100), now=clock.now)
    with pytest.raises(KeyReused):
        top_up_hold(hold_key="bid", key="won", amount_minor=100, now=clock.now)
    assert (balance().posted_minor, balance().held_minor) == (49900, 21000)
    assert prove_ledger().sound


def test_what_may_spill_elsewhere_does_not_post_a_hold(clock: Clock) -> None:
    for row in ("G1", "G2", "G3"):
        post(key=row, event=ROWS[row][0], now=clock.now)
    payable = account_of(Code.PAYABLE, SHOP)
    hold(key="reserve", kind="reserve", account=payable, amount_minor=1000, expires_at=None, now=clock.now)
    fee = DisputeFeePassedOn(shop_id=1, reference="DP", amount_minor=500)
    with pytest.raises(HoldExceeded):
        post_hold(hold_key="reserve", key="fee", event=fee, now=clock.now)


def test_a_fee_spills_before_it_takes_what_a_hold_keeps(clock: Clock) -> None:
    for row in ("G1", "G2", "G3"):
        post(key=row, event=ROWS[row][0], now=clock.now)
    payable = account_of(Code.PAYABLE, SHOP)
    hold(key="reserve", kind="reserve", account=payable, amount_minor=4500, expires_at=None, now=clock.now)
    post(key="fee", event=DisputeFeePassedOn(shop_id=1, reference="DP", amount_minor=500), now=clock.now)
    left = get_balance(code=Code.PAYABLE, owner=SHOP)
    assert (left.posted_minor, left.available_minor) == (4500, 0)
    assert get_balance(code=Code.MERCHANT_RECEIVABLE, owner=SHOP).posted_minor == 450


def test_a_timer_gives_back_what_has_expired(wallet: AccountRef, clock: Clock) -> None:
    timer = next(timer for timer in TIMERS if "expire" in timer.task and "ledger" in timer.task)
    assert timer.every_seconds <= 60
    take(wallet, clock)
    assert import_string(timer.task)(clock.move(hours=1)) == 1
    assert balance().held_minor == 0
