"""An account's floor: a credit line or an amount that stays, set by staff, kept by the database."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from billing.ledger.contracts import AccountRef, Code, Owner
from billing.ledger.models import Account
from billing.ledger.rules import AdClicksCharged, AdTopUpCaptured, FloorReached, account_of
from billing.ledger.selectors import get_balance, list_accounts, prove_ledger
from billing.ledger.services import FloorFixed, hold, post, set_floor, void_hold
from market.audit.models import AuditEntry
from tests.conftest import Clock

pytestmark = pytest.mark.django_db

SHOP, STAFF = Owner.of_shop(1), 77
WALLET = account_of(Code.AD_WALLET_CASH, SHOP)


@pytest.fixture
def wallet(clock: Clock) -> AccountRef:
    """An advertising wallet with 10.00."""
    post(key="top-up", event=AdTopUpCaptured(shop_id=1, reference="T", psp="w", amount_minor=1000), now=clock.now)
    return WALLET


def charge(amount: int, clock: Clock, key: str = "charge") -> None:
    event = AdClicksCharged(shop_id=1, reference="C", amount_minor=amount, vat_minor=0)
    post(key=key, event=event, now=clock.now)


def limit(minor: int | None, clock: Clock, account: AccountRef = WALLET) -> None:
    set_floor(account=account, limit_minor=minor, actor_id=STAFF, now=clock.now)


def floor() -> int | None:
    return list_accounts(code=Code.AD_WALLET_CASH)[0].floor_minor


def test_a_credit_line_lends_down_to_its_limit_and_no_further(wallet: AccountRef, clock: Clock) -> None:
    limit(-500, clock)
    with pytest.raises(FloorReached):
        charge(1501, clock)
    charge(1500, clock)
    assert get_balance(code=Code.AD_WALLET_CASH, owner=SHOP).available_minor == -500
    with pytest.raises(FloorReached):
        hold(key="h", kind="bid", account=wallet, amount_minor=1, expires_at=None, now=clock.now)
    assert prove_ledger().sound


def test_an_amount_that_has_to_stay_cannot_be_spent_or_held(wallet: AccountRef, clock: Clock) -> None:
    limit(400, clock)
    with pytest.raises(FloorReached):
        hold(key="h", kind="bid", account=wallet, amount_minor=601, expires_at=None, now=clock.now)
    hold(key="h", kind="bid", account=wallet, amount_minor=500, expires_at=None, now=clock.now)
    with pytest.raises(FloorReached):
        charge(101, clock)
    charge(100, clock)
    assert prove_ledger().sound


def test_a_floor_above_what_is_available_is_refused(wallet: AccountRef, clock: Clock) -> None:
    hold(key="h", kind="bid", account=wallet, amount_minor=300, expires_at=None, now=clock.now)
    with pytest.raises(FloorReached) as refused:
        limit(701, clock)
    assert refused.value.available_minor == 700
    assert floor() == 0
    assert not AuditEntry.objects.filter(action="ledger.floor_set").exists()
    limit(700, clock)
    void_hold(key="h", now=clock.now)
    limit(1000, clock)


def test_a_credit_line_that_is_drawn_on_cannot_be_taken_away(wallet: AccountRef, clock: Clock) -> None:
    limit(-500, clock)
    charge(1200, clock)
    for minor in (None, 0, -199):
        with pytest.raises(FloorReached):
            limit(minor, clock)
    limit(-200, clock)
    top_up = AdTopUpCaptured(shop_id=1, reference="T", psp="w", amount_minor=200)
    post(key="back", event=top_up, now=clock.now)
    limit(None, clock)
    assert floor() == 0


def test_the_database_refuses_a_floor_above_the_balance(wallet: AccountRef, clock: Clock) -> None:
    limit(-500, clock)
    charge(1200, clock)
    for change in ("floor_minor = -199", "floor_kind = 'zero', floor_minor = 0", "floor_kind = 'other'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE ledger_account SET {change} WHERE code = '2050'")
    assert floor() == -500


def test_who_set_a_floor_is_in_the_audit_trail_once(wallet: AccountRef, clock: Clock) -> None:
    limit(-500, clock)
    limit(-500, clock)
    clock.now += timedelta(days=1)
    limit(None, clock)
    first, second = AuditEntry.objects.filter(action="ledger.floor_set").order_by("pk")
    assert (first.actor_id, first.actor_kind, first.shop_id) == (STAFF, "staff", 1)
    assert first.target_id == str(Account.objects.get(code="2050").pk)
    assert (first.detail["before_minor"], first.detail["floor_minor"]) == (0, -500)
    assert (second.detail["before_minor"], second.detail["floor_minor"]) == (-500, 0)


def test_a_payable_has_no_floor_of_its_own(clock: Clock) -> None:
    with pytest.raises(FloorFixed):
        limit(-500, clock, account_of(Code.PAYABLE, SHOP))


def test_an_account_without_a_floor_gets_one_and_loses_it_again(clock: Clock) -> None:
    receivable = account_of(Code.MERCHANT_RECEIVABLE, SHOP)
    limit(-100, clock, receivable)
    assert list_accounts(code=Code.MERCHANT_RECEIVABLE)[0].floor_minor == -100
    limit(None, clock, receivable)
    assert list_accounts(code=Code.MERCHANT_RECEIVABLE)[0].floor_minor is None
