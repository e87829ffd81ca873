"""A limit that is lowered holds for what is lent already: nothing is billed beyond it once leases were made smaller."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from billing.settlement.services.days import business_date
from search.auction.contracts import CapKind
from search.campaigns.models import Campaign
from search.campaigns.services import set_daily_budget, set_own_limit, set_staff_limit
from search.spending.models import AdEvent, Cap, Lease
from search.spending.services import close_due_leases, leasing, purse, record_click, take_back_beyond, take_lease
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.ads import MICRO, AdRow, fund, lend, make_ad, show, visitor

SHOP, PRICE, LOW = 47, 500, 1_000
CHANGES = {
    "the campaign's day": lambda ad, now: set_daily_budget(
        shop_id=SHOP, campaign_id=ad.campaign_id, daily_budget_minor=LOW, actor_id=1, now=now
    ),
    "the shop's own day": lambda ad, now: set_own_limit(shop_id=SHOP, daily_minor=LOW, actor_id=1, now=now),
    "staff's limit": lambda ad, now: set_staff_limit(shop_id=SHOP, daily_minor=LOW, actor_id=1, now=now),
}


def click(ad: AdRow, lease: int, clock: Clock, *, price_minor: int = PRICE) -> int:
    """What a click costs in fen."""
    token = show(ad, lease, clock.now, price_micro=price_minor * MICRO)
    clock.now += timedelta(seconds=1)
    before = count_billed()
    record_click(token=token, facts=visitor(), now=clock.now)
    return count_billed() - before


def count_billed() -> int:
    return sum(AdEvent.objects.values_list("billed_micro", flat=True)) // MICRO


def check_caps() -> None:
    """What is taken of a cap is billed, or lies in leases that live."""
    for cap in Cap.objects.exclude(kind=CapKind.WALLET.value):
        whose = {"shop_id" if cap.kind == CapKind.MERCHANT_DAY else "campaign_id": cap.owner_id}
        rows = Lease.objects.filter(**whose, **({"day": cap.day} if cap.day else {}))
        assert cap.taken_micro == sum(row.granted_micro for row in rows), cap.kind


@pytest.mark.parametrize("change", CHANGES)
def test_a_lower_limit_holds_for_what_is_lent_already(db: None, clock: Clock, change: str) -> None:
    fund(SHOP, 1_000_000, clock.now)
    ad = make_ad(shop_id=SHOP, now=clock.now, daily_minor=100_000)
    leases = [lend(ad, clock.now, worker=f"w{number}").lease_id for number in range(4)]
    assert click(ad, leases[0], clock) == PRICE
    CHANGES[change](ad, clock.now)
    assert take_back_beyond([ad.campaign_id]) == 4
    check_caps()
    for lease in leases * 3:
        click(ad, lease, clock)
    assert count_billed() == LOW, "the rest of the lower limit can be spent, and no more"
    check_caps()


def test_a_lower_total_counts_what_earlier_days_spent(db: None, clock: Clock) -> None:
    fund(SHOP, 1_000_000, clock.now)
    ad = make_ad(shop_id=SHOP, now=clock.now, daily_minor=4 * PRICE, total_minor=300_000)
    first = lend(ad, clock.now).lease_id
    assert [click(ad, first, clock) for _ in range(4)] == [PRICE] * 4
    clock.now += timedelta(days=1)
    second = lend(ad, clock.now).lease_id
    Campaign.objects.filter(pk=ad.campaign_id).update(total_budget_minor=5 * PRICE)
    take_back_beyond([ad.campaign_id])
    assert [click(ad, second, clock) for _ in range(3)] == [PRICE, 0, 0]
    check_caps()


def test_what_is_billed_already_stays_and_nothing_comes_on_top(db: None, clock: Clock) -> None:
    fund(SHOP, 1_000_000, clock.now)
    ad = make_ad(shop_id=SHOP, now=clock.now, daily_minor=1_000_000)
    lease = lend(ad, clock.now).lease_id
    for _ in range(4):
        assert click(ad, lease, clock) == PRICE
    CHANGES["the campaign's day"](ad, clock.now)
    take_back_beyond([ad.campaign_id])
    assert click(ad, lease, clock) == 0 and count_billed() == 4 * PRICE
    check_caps()


def test_limits_that_nothing_is_beyond_are_left_alone_without_a_lock(db: None, clock: Clock) -> None:
    fund(SHOP, 1_000_000, clock.now)
    ads = [make_ad(shop_id=SHOP, now=clock.now, daily_minor=100_000) for _ in range(5)]
    for ad in ads:
        lend(ad, clock.now)
    with CaptureQueriesContext(connection) as asked:
        assert take_back_beyond([ad.campaign_id for ad in ads]) == 0
    assert len(asked) == 4 and not any("FOR NO KEY UPDATE" in query["sql"] for query in asked)
    assert take_back_beyond([]) == 0 and take_back_beyond([10**9]) == 0


def test_another_campaign_of_the_shop_keeps_what_it_has(db: None, clock: Clock) -> None:
    fund(SHOP, 1_000_000, clock.now)
    low, other = (make_ad(shop_id=SHOP, now=clock.now, daily_minor=100_000) for _ in range(2))
    lend(low, clock.now)
    kept = lend(other, clock.now)
    CHANGES["the campaign's day"](low, clock.now)
    assert take_back_beyond([low.campaign_id]) == 1
    assert Lease.objects.get(pk=kept.lease_id).granted_micro == kept.granted_micro
    clock.now += timedelta(hours=3)
    close_due_leases(clock.now)
    check_caps()


def test_clicks_at_the_same_time_never_get_past_the_lower_limit(committed_db: CommittedDatabase, clock: Clock) -> None:
    """Threads click while the limit goes down and leases are made smaller by two workers at once."""
    fund(SHOP, 1_000_000, clock.now)
    ad = make_ad(shop_id=SHOP, now=clock.now, daily_minor=100_000)
    leases = [lend(ad, clock.now, worker=f"w{number}").lease_id for number in range(4)]
    tokens = [show(ad, lease, clock.now, price_micro=10 * MICRO) for lease in leases for _ in range(60)]
    at = clock.now + timedelta(seconds=1)

    def hit(token: str) -> None:
        try:
            record_click(token=token, facts=visitor(), now=at)
        finally:
            connections.close_all()

    def shrink(_: int) -> int:
        try:
            return take_back_beyond([ad.campaign_id])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        clicks = [pool.submit(hit, token) for token in tokens[:80]]
        clicks[20].result()
        CHANGES["the campaign's day"](ad, clock.now)
        list(pool.map(shrink, range(2)))
        taken = Cap.objects.get(kind=CapKind.CAMPAIGN_DAY.value).taken_micro
        clicks += [pool.submit(hit, token) for token in tokens[80:]]
        for one in clicks:
            one.result()
    assert len(AdEvent.objects.all()) == len(tokens)
    assert count_billed() * MICRO <= max(LOW * MICRO, taken)
    assert count_billed() >= LOW, "what the lower limit leaves can be spent"
    check_caps()


def test_a_limit_that_is_lowered_while_a_lease_is_taken_is_not_written_back(
    committed_db: CommittedDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes one reads the budgets with the caps in hand, so it finds what was lowered until then."""
    fund(SHOP, 1_000_000, clock.now)
    ad = make_ad(shop_id=SHOP, now=clock.now, daily_minor=100_000)
    lend(ad, clock.now, worker="first")
    pause = Pause(purse.get_budgets)
    monkeypatch.setattr(purse, "get_budgets", pause)
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(lend_apart, ad, clock.now)
        pause.wait_until_there()
        CHANGES["the campaign's day"](ad, clock.now)
        pause.go_on()
        taking.result()
    cap = Cap.objects.get(kind=CapKind.CAMPAIGN_DAY.value)
    assert cap.limit_micro == LOW * MICRO
    take_back_beyond([ad.campaign_id])
    cap.refresh_from_db()
    assert cap.taken_micro <= LOW * MICRO


def test_a_lease_that_is_not_committed_when_a_limit_is_lowered_is_found_by_the_next_look(
    committed_db: CommittedDatabase, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund(SHOP, 1_000_000, clock.now)
    ad = make_ad(shop_id=SHOP, now=clock.now, daily_minor=100_000)
    pause = Pause(leasing.view_lease)
    monkeypatch.setattr(leasing, "view_lease", pause)
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(lend_apart, ad, clock.now)
        pause.wait_until_there()
        CHANGES["the campaign's day"](ad, clock.now)
        assert take_back_beyond([ad.campaign_id]) == 0, "nobody sees it yet"
        pause.go_on()
        taking.result()
    assert take_back_beyond([ad.campaign_id]) == 1
    assert Cap.objects.get(kind=CapKind.CAMPAIGN_DAY.value).taken_micro <= LOW * MICRO


class Pause:
    """A function that waits, where it is called first, until it is let go on."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._function, self._there, self._go = function, threading.Event(), threading.Event()

    def __call__(self, *asked: object, **more: object) -> object:
        self._there.set()
        assert self._go.wait(20)
        return self._function(*asked, **more)

    def wait_until_there(self) -> None:
        assert self._there.wait(20)

    def go_on(self) -> None:
        self._go.set()


def lend_apart(ad: AdRow, now: datetime) -> None:
    """In a thread, on a connection of its own; nothing where nothing is left to lend."""
    whose = {"campaign_id": ad.campaign_id, "shop_id": ad.shop_id, "day": business_date(now), "worker": "apart"}
    try:
        take_lease(**whose, least_micro=MICRO, now=now)
    finally:
        connections.close_all()
