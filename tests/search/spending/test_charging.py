"""Hours: charged exactly once, the part of a fen carried, proven; days given back when nothing can come any more."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger
from billing.settlement.services.days import business_date
from billing.wallets.selectors import get_wallet
from search.auction.contracts import CapKind, TokenKind
from search.spending import selectors
from search.spending.contracts import CorrectionKind
from search.spending.models import AdEvent, Cap, ChargeHead, Correction, HourCharge, Lease
from search.spending.services import (
    HoursNotClosed,
    close_days,
    close_due_leases,
    close_hours,
    prove_hours,
    record_click,
    record_views,
)
from search.spending.services import charging as charging_module
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.ads import MICRO, AdRow, fund, lend, make_ad, show, visitor

SHOP, OTHER = 61, 62
LATER = timedelta(seconds=5)
VIEW_MICRO = 1_850_000


@pytest.fixture
def now(clock: Clock, db: None) -> datetime:
    for shop in (SHOP, OTHER):
        fund(shop, 10_000, clock.now)
    return clock.now


def click_many(ad: AdRow, count: int, now: datetime, *, stored: bool = True, price_minor: int = 100) -> int:
    """Clicks of different people. Returns the lease that paid."""
    lease = lend(ad, now, least_micro=price_minor * count * MICRO)
    for _ in range(count):
        token = show(ad, lease.lease_id, now, stored=stored, price_micro=price_minor * MICRO)
        assert record_click(token=token, facts=visitor(), now=now + LATER).billed
    return lease.lease_id


def view_many(ad: AdRow, count: int, now: datetime) -> None:
    lease = lend(ad, now, least_micro=VIEW_MICRO * count)
    tokens = [
        show(ad, lease.lease_id, now, kind=TokenKind.VIEW, price_micro=VIEW_MICRO, rendered=False) for _ in range(count)
    ]
    assert record_views(tokens=tokens, facts=visitor(), now=now + LATER) == count


def read_code(code: Code, shop_id: int | None = None) -> int:
    return get_balance(code=code, owner=None if shop_id is None else Owner.of_shop(shop_id)).posted_minor


def test_an_hour_is_charged_once_when_it_is_over(now: datetime) -> None:
    ads = [make_ad(shop_id=shop, now=now) for shop in (SHOP, OTHER)]
    click_many(ads[0], 3, now)
    click_many(ads[1], 2, now)
    assert close_hours(now + timedelta(minutes=10)) == 0
    after = now + timedelta(hours=1)
    assert (close_hours(after), close_hours(after)) == (2, 0)
    assert read_code(Code.AD_WALLET_CASH, SHOP) == 10_000 - 300
    assert read_code(Code.ADS_CPC) + read_code(Code.VAT_PAYABLE) == 500
    today = business_date(now)
    (hour,) = selectors.list_hours(shop_id=SHOP, since=today, until=today)
    assert (hour.events, hour.amount_minor, hour.carry_out_micro) == (3, 300, 0)
    assert hour.key == f"ads:{SHOP}:{today}:{now:%Y-%m-%dT%H}:click:1"
    assert len(selectors.list_charged(hour)) == 3
    with pytest.raises(selectors.HourNotFound):
        selectors.get_hour(charge_id=hour.charge_id, shop_id=OTHER)
    assert prove_hours(after) == 2
    assert selectors.get_charging_health(after).broken_hours == ()
    assert prove_ledger().sound


def test_a_part_of_a_fen_is_carried_until_it_is_whole(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now, charge="mille")
    for number in range(3):
        view_many(ad, 1, now + timedelta(hours=number))
    assert close_hours(now + timedelta(hours=4)) == 3
    rows = HourCharge.objects.order_by("seq")
    assert [(row.amount_minor, row.carry_in_micro, row.carry_out_micro) for row in rows] == [
        (1, 0, 850_000), (2, 850_000, 700_000), (2, 700_000, 550_000),
    ]  # fmt: skip
    prove_hours(now)
    assert not HourCharge.objects.exclude(finding="")


def test_an_event_that_is_committed_late_is_charged_with_the_next_number(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    click_many(ad, 1, now)
    close_hours(now + timedelta(hours=1))
    click_many(ad, 1, now)
    close_hours(now + timedelta(hours=1))
    keys = [row.key.rpartition(":")[2] for row in HourCharge.objects.order_by("seq")]
    assert keys == ["1", "2"]
    assert read_code(Code.AD_WALLET_CASH, SHOP) == 10_000 - 200


def test_what_no_decision_stands_behind_is_free_and_returns_to_the_caps(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    click_many(ad, 2, now)
    lost = click_many(ad, 1, now, stored=False)
    closed = close_due_leases(now + timedelta(hours=3))
    assert closed == 2
    close_hours(now + timedelta(hours=3))
    assert read_code(Code.AD_WALLET_CASH, SHOP) == 10_000 - 200
    assert Lease.objects.get(pk=lost).billed_micro == 0
    assert {row.taken_micro for row in Cap.objects.all()} == {200 * MICRO}
    correction = Correction.objects.get()
    assert (correction.kind, correction.amount_micro) == (CorrectionKind.FREED, 100 * MICRO)
    (hour,) = selectors.list_hours(shop_id=SHOP, since=business_date(now), until=business_date(now))
    assert (hour.events, hour.freed, hour.sum_micro) == (2, 1, 200 * MICRO)
    prove_hours(now)
    assert not HourCharge.objects.exclude(finding="")
    assert close_hours(now + timedelta(hours=3)) == 0


def test_a_decision_that_came_late_gives_its_inputs_at_the_close(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    click_many(ad, 1, now)
    AdEvent.objects.update(inputs="", page="", keyword_id=None, decision_stored=False)
    close_hours(now + timedelta(hours=1))
    event = AdEvent.objects.get()
    assert (event.page, event.keyword_id, event.freed) == ("search", 77, False)
    today = business_date(now)
    assert selectors.explain_charge(selectors.list_events(shop_id=SHOP, since=today, until=today)[0]).price_minor == 100


def test_a_charge_that_fails_leaves_nothing_and_the_other_shops_are_charged(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shop in (SHOP, OTHER):
        click_many(make_ad(shop_id=shop, now=now), 1, now)
    real = charging_module.charge_day

    def fail_for_one(**asked: object) -> object:
        if asked["shop_id"] == SHOP:
            real(**asked)
            raise RuntimeError("half-way")
        return real(**asked)

    monkeypatch.setattr(charging_module, "charge_day", fail_for_one)
    after = now + timedelta(hours=1)
    with pytest.raises(HoursNotClosed, match="half-way"):
        close_hours(after)
    assert read_code(Code.AD_WALLET_CASH, SHOP) == 10_000
    assert read_code(Code.AD_WALLET_CASH, OTHER) == 10_000 - 100
    assert AdEvent.objects.get(shop_id=SHOP).charge_id is None
    monkeypatch.undo()
    assert close_hours(after) == 1
    assert read_code(Code.AD_WALLET_CASH, SHOP) == 10_000 - 100


def test_a_proof_finds_what_was_changed_afterwards(now: datetime) -> None:
    for shop in (SHOP, OTHER):
        click_many(make_ad(shop_id=shop, now=now), 2, now)
    close_hours(now + timedelta(hours=1))
    AdEvent.objects.filter(token=AdEvent.objects.filter(shop_id=SHOP).first().token).update(
        billed_micro=99 * MICRO, price_micro=99 * MICRO
    )
    HourCharge.objects.filter(shop_id=OTHER).update(transaction_ids=[])
    prove_hours(now + timedelta(hours=1))
    findings = dict(HourCharge.objects.values_list("shop_id", "finding"))
    assert "199000000" in findings[SHOP]
    assert findings[OTHER] == "0 is posted, not 200"
    assert len(selectors.get_charging_health(now).broken_hours) == 2


def test_a_day_is_given_back_when_its_last_click_is_charged_and_its_carry_goes_on(clock: Clock, db: None) -> None:
    evening = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    fund(SHOP, 1_000, evening)
    ad = make_ad(shop_id=SHOP, now=evening, charge="mille")
    view_many(ad, 1, evening)
    today = business_date(evening)
    assert get_wallet(SHOP).held_minor > 0
    assert close_days(evening + timedelta(hours=1)) == 0  # clicks of the day may still come
    next_noon = evening + timedelta(hours=12)
    assert close_days(next_noon) == 0  # a lease is open
    close_due_leases(next_noon)
    assert close_days(next_noon) == 0  # an hour is not charged
    close_hours(next_noon)
    assert (close_days(next_noon), close_days(next_noon)) == (1, 0)
    wallet = get_wallet(SHOP)
    assert (wallet.held_minor, wallet.cash_minor) == (0, 999)
    view_many(ad, 1, next_noon)
    close_hours(next_noon + timedelta(hours=1))
    assert list(HourCharge.objects.order_by("pk").values_list("amount_minor", "carry_in_micro")) == [
        (1, 0), (2, 850_000),
    ]  # fmt: skip
    assert ChargeHead.objects.get(day=today).is_passed_on
    prove_hours(next_noon)
    assert not HourCharge.objects.exclude(finding="")


def test_workers_that_charge_at_once_charge_once(clock: Clock, committed_db: CommittedDatabase) -> None:
    now = clock.now
    for shop in (SHOP, OTHER):
        fund(shop, 10_000, now)
        for number in range(3):
            click_many(make_ad(shop_id=shop, now=now), 2, now + timedelta(hours=number))
    after = now + timedelta(hours=5)
    made = []

    def work() -> None:
        try:
            made.append(close_hours(after))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_hours(after)
    assert len(made) == 4
    assert HourCharge.objects.count() == 6
    assert read_code(Code.AD_WALLET_CASH, SHOP) == read_code(Code.AD_WALLET_CASH, OTHER) == 10_000 - 600
    assert Cap.objects.filter(kind=CapKind.WALLET.value, owner_id=SHOP).exists()
    connection.close()
