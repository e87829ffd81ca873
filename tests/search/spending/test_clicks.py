"""Clicks: verified, judged, billed once, out of a lease that never has more than its caps."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from search.auction.contracts import CapKind, InvalidReason, TokenKind
from search.spending.models import AdEvent, Cap, Lease
from search.spending.services import record_click, record_views, take_lease
from tests.conftest import Clock
from tests.fixtures.ads import MICRO, fund, lend, make_ad, show, visitor

SHOP = 41
LATER = timedelta(seconds=5)


@pytest.fixture
def now(clock: Clock, db: None) -> datetime:
    fund(SHOP, 100_000, clock.now)
    return clock.now


def test_a_click_is_billed_once_and_always_has_a_target(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease = lend(ad, now)
    token = show(ad, lease.lease_id, now)
    first = record_click(token=token, facts=visitor(1), now=now + LATER)
    again = record_click(token=token, facts=visitor(1), now=now + LATER * 2)
    assert (first.billed, first.reason) == (True, "")
    assert (again.billed, again.reason) == (False, InvalidReason.TOKEN_USED)
    assert first.target == again.target
    assert first.target is not None and (first.target.shop_id, first.target.product_id) == (SHOP, ad.product_id)
    event = AdEvent.objects.get()
    assert (event.billed_micro, event.borne_micro, event.group_id, event.keyword_id) == (
        100 * MICRO, 0, ad.group_id, 77,
    )  # fmt: skip
    assert event.decision_stored and event.inputs
    assert Lease.objects.get().billed_micro == 100 * MICRO


def test_an_ad_that_was_not_rendered_or_is_clicked_at_once_is_free(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease = lend(ad, now)
    unseen = show(ad, lease.lease_id, now, rendered=False)
    fast = show(ad, lease.lease_id, now)
    assert record_click(token=unseen, facts=visitor(), now=now + LATER).reason == InvalidReason.NOT_RENDERED
    outcome = record_click(token=fast, facts=visitor(), now=now + timedelta(milliseconds=200))
    assert (outcome.billed, outcome.reason) == (False, InvalidReason.TOO_FAST)
    assert outcome.target is not None
    assert list(AdEvent.objects.values_list("billed_micro", "borne_micro")) == [(0, 0), (0, 0)]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"user_agent_is_robot": True}, InvalidReason.ROBOT),
        ({"data_centre": True}, InvalidReason.DATA_CENTRE),
        ({"prefetch": True}, InvalidReason.PREFETCH),
        ({"staff": True}, InvalidReason.STAFF),
        ({"shop_ids": frozenset({SHOP, 9})}, InvalidReason.OWN_SHOP),
    ],
)
def test_who_is_no_shopper_is_not_billed(now: datetime, facts: dict, reason: InvalidReason) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    token = show(ad, lend(ad, now).lease_id, now)
    assert record_click(token=token, facts=visitor(**facts), now=now + LATER).reason == reason


def test_a_second_click_of_a_person_on_an_ad_is_free_all_day(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease = lend(ad, now)
    tokens = [show(ad, lease.lease_id, now) for _ in range(3)]
    moments = [now + LATER, now + LATER + timedelta(seconds=1), now + timedelta(minutes=40)]
    outcomes = [record_click(token=token, facts=visitor(7), now=at) for token, at in zip(tokens, moments, strict=True)]
    assert [outcome.reason for outcome in outcomes] == ["", InvalidReason.DOUBLE_CLICK, InvalidReason.BILLED_TODAY]


def test_a_network_may_click_once_a_minute(now: datetime) -> None:
    ads = [make_ad(shop_id=SHOP, now=now) for _ in range(3)]
    tokens = [show(ad, lend(ad, now).lease_id, now) for ad in ads]
    moments = [now + LATER, now + LATER * 2, now + timedelta(seconds=70)]
    outcomes = [
        record_click(token=token, facts=visitor(network="10.9.9.0/24"), now=at)
        for token, at in zip(tokens, moments, strict=True)
    ]
    assert [outcome.reason for outcome in outcomes] == ["", InvalidReason.NETWORK_RATE, ""]


def test_after_a_merchants_own_click_its_network_is_the_merchants(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease = lend(ad, now)
    tokens = [show(ad, lease.lease_id, now) for _ in range(2)]
    own = visitor(network="10.8.8.0/24", shop_ids=frozenset({SHOP}))
    assert record_click(token=tokens[0], facts=own, now=now + LATER).reason == InvalidReason.OWN_SHOP
    guest = visitor(network="10.8.8.0/24")
    assert record_click(token=tokens[1], facts=guest, now=now + timedelta(hours=1)).reason == (
        InvalidReason.SAME_MERCHANT
    )


def test_a_bad_token_has_no_target_and_an_expired_one_has_but_costs_nothing(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    token = show(ad, lend(ad, now).lease_id, now)
    for text in ("", "x" * 116, token[:-1] + ("A" if token[-1] != "A" else "B"), token + "=", "茶" * 116):
        outcome = record_click(token=text, facts=visitor(), now=now + LATER)
        assert (outcome.target, outcome.reason) == (None, InvalidReason.TOKEN_BAD)
    late = record_click(token=token, facts=visitor(), now=now + timedelta(hours=2))
    assert late.target is not None and late.reason == InvalidReason.TOKEN_EXPIRED
    view = show(ad, 1, now, kind=TokenKind.VIEW)
    assert record_click(token=view, facts=visitor(), now=now + LATER).reason == InvalidReason.TOKEN_BAD


def test_a_click_from_before_midnight_is_billed_once_on_its_own_day(clock: Clock, db: None) -> None:
    shown_at = datetime(2026, 11, 22, 15, 59, 0, tzinfo=UTC)  # one minute to midnight in Shanghai
    fund(SHOP, 1_000, shown_at)
    ad = make_ad(shop_id=SHOP, now=shown_at)
    lease = lend(ad, shown_at)
    token = show(ad, lease.lease_id, shown_at)
    clicked_at = shown_at + timedelta(minutes=20)
    assert record_click(token=token, facts=visitor(1), now=clicked_at).billed
    assert not record_click(token=token, facts=visitor(1), now=clicked_at + timedelta(minutes=20)).billed
    event = AdEvent.objects.get()
    assert (event.day, event.at) == (lease.day, clicked_at)
    assert Cap.objects.get(kind=CapKind.CAMPAIGN_DAY.value).day == lease.day
    assert take_lease(
        campaign_id=ad.campaign_id, shop_id=SHOP, day=lease.day, worker="w", least_micro=1, now=clicked_at
    ) is None  # fmt: skip


def test_a_click_beyond_its_lease_is_paid_by_the_caps_and_then_by_the_platform(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now, daily_minor=250)
    lease = lend(ad, now, least_micro=10 * MICRO)
    tokens = [show(ad, lease.lease_id, now) for _ in range(4)]
    billed = [record_click(token=token, facts=visitor(), now=now + LATER).billed for token in tokens]
    assert billed == [True, True, True, False]
    sums = sorted(AdEvent.objects.values_list("billed_micro", "borne_micro"))
    assert sums == [(0, 100 * MICRO), (50 * MICRO, 50 * MICRO), (100 * MICRO, 0), (100 * MICRO, 0)]
    cap = Cap.objects.get(kind=CapKind.CAMPAIGN_DAY.value)
    assert cap.taken_micro == cap.limit_micro == 250 * MICRO


def test_idle_leases_give_what_a_click_lacks(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now, daily_minor=400)
    idle = lend(ad, now, least_micro=300 * MICRO, worker="idle")
    lease = lend(ad, now, least_micro=100 * MICRO)
    assert (idle.granted_micro, lease.granted_micro) == (300 * MICRO, 100 * MICRO)
    tokens = [show(ad, lease.lease_id, now) for _ in range(5)]
    billed = [record_click(token=token, facts=visitor(), now=now + LATER).billed for token in tokens]
    assert billed == [True] * 4 + [False]
    assert Lease.objects.get(pk=idle.lease_id).granted_micro == 0


def test_a_wallet_pays_no_more_than_it_has(clock: Clock, db: None) -> None:
    fund(SHOP, 150, clock.now)
    ads = [make_ad(shop_id=SHOP, now=clock.now) for _ in range(2)]
    lease = lend(ads[0], clock.now, least_micro=100 * MICRO)
    other = lend(ads[1], clock.now, least_micro=10 * MICRO)
    tokens = [show(ads[0], lease.lease_id, clock.now) for _ in range(2)] + [show(ads[1], other.lease_id, clock.now)]
    for token in tokens:
        record_click(token=token, facts=visitor(), now=clock.now + LATER)
    assert sum(AdEvent.objects.values_list("billed_micro", flat=True)) == 150 * MICRO


def test_views_are_billed_to_the_micro_fen_and_once(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now, charge="mille")
    lease = lend(ad, now)
    tokens = [show(ad, lease.lease_id, now, kind=TokenKind.VIEW, price_micro=1_850_001) for _ in range(3)]
    assert record_views(tokens=[*tokens, tokens[0], "junk"], facts=visitor(), now=now + LATER) == 3
    assert record_views(tokens=tokens, facts=visitor(), now=now + LATER) == 0
    assert sum(AdEvent.objects.values_list("billed_micro", flat=True)) == 3 * 1_850_001


def test_clicks_of_many_threads_are_billed_once_each(clock: Clock, committed_db: object) -> None:
    fund(SHOP, 100_000, clock.now)
    ad = make_ad(shop_id=SHOP, now=clock.now)
    lease = lend(ad, clock.now, least_micro=2_000 * MICRO)
    tokens = [show(ad, lease.lease_id, clock.now) for _ in range(12)]
    outcomes = []

    def click() -> None:
        try:
            for number, token in enumerate(tokens):
                outcomes.append(record_click(token=token, facts=visitor(500 + number), now=clock.now + LATER))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome.billed for outcome in outcomes) == 12
    assert len(outcomes) == 72
    assert {outcome.reason for outcome in outcomes} == {"", InvalidReason.TOKEN_USED}
    assert Lease.objects.get().billed_micro == 12 * 100 * MICRO
    connection.close()
