"""Leases of workers that are gone: the money is back within minutes, and a later click is billed all the same."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from search.auction.contracts import CapKind
from search.spending.models import AdEvent, Cap, Lease, LeaseHolder
from search.spending.services import give_back_leases, purge_old, record_click, take_back_leases, tell_alive
from search.spending.tasks import close_leases
from tests.billing.payments.steps import in_threads
from tests.conftest import Clock
from tests.fixtures.ads import MICRO, fund, lend, make_ad, show, visitor
from tests.search.spending.test_caps_model import assert_adds_up

SHOP = 43
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now(clock: Clock, db: None) -> datetime:
    fund(SHOP, 100_000, clock.now)
    return clock.now


def read_taken() -> int:
    """What the wallet's cap has given away."""
    return Cap.objects.get(kind=CapKind.WALLET.value, owner_id=SHOP).taken_micro


def test_who_ends_gives_back_what_it_did_not_spend_and_nothing_of_others(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    mine, theirs = lend(ad, now, worker="a:1"), lend(ad, now, worker="a:2")
    tell_alive(worker="a:1", now=now)
    tokens = [show(ad, mine.lease_id, now) for _ in range(2)]
    assert record_click(token=tokens[0], facts=visitor(1), now=now + timedelta(seconds=5)).billed
    assert give_back_leases(worker="a:1", now=now + MINUTE) == 1
    assert give_back_leases(worker="a:1", now=now + MINUTE) == 0, "again there is nothing"
    assert not LeaseHolder.objects.exists()
    ended, other = Lease.objects.get(pk=mine.lease_id), Lease.objects.get(pk=theirs.lease_id)
    assert (ended.granted_micro, ended.billed_micro, ended.closed_at) == (100 * MICRO, 100 * MICRO, now + MINUTE)
    assert (other.granted_micro, other.closed_at) == (theirs.granted_micro, None)
    assert read_taken() == 100 * MICRO + theirs.granted_micro
    late = record_click(token=tokens[1], facts=visitor(2), now=now + MINUTE * 90)
    assert late.billed and AdEvent.objects.filter(lease_id=mine.lease_id, billed_micro=100 * MICRO).count() == 2
    assert_adds_up()


def test_the_silent_lose_their_leases_after_two_minutes_and_the_living_keep_theirs(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    dead, alive, unheard = (lend(ad, now, worker=name) for name in ("dead", "alive", "unheard"))
    for name in ("dead", "alive"):
        tell_alive(worker=name, now=now)
    token = show(ad, dead.lease_id, now)
    tell_alive(worker="alive", now=now + MINUTE)
    assert take_back_leases(now + MINUTE) == 0, "a new one may not have told yet"
    assert take_back_leases(now + MINUTE * 2) == 2
    open_leases = Lease.objects.filter(closed_at=None)
    assert [row.pk for row in open_leases] == [alive.lease_id]
    assert read_taken() == alive.granted_micro
    assert record_click(token=token, facts=visitor(), now=now + MINUTE * 60).billed
    assert_adds_up()
    tell_alive(worker="alive", now=now)
    assert LeaseHolder.objects.get(pk="alive").seen_at == now + MINUTE, "an older word says nothing"
    assert close_leases(now + MINUTE * 4) == 1
    assert unheard.lease_id not in [row.pk for row in open_leases.all()]
    purge_old(now=now + timedelta(days=2))
    assert not LeaseHolder.objects.exists()


def test_a_lease_that_somebody_pays_out_of_is_left_for_the_next_time(clock: Clock, committed_db: object) -> None:
    now = clock.now
    fund(SHOP, 100_000, now)
    ad = make_ad(shop_id=SHOP, now=now)
    lease = lend(ad, now, worker="w")
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM spending_lease WHERE id = %s FOR NO KEY UPDATE", [lease.lease_id])
        assert in_threads(lambda: give_back_leases(worker="w", now=now)) == [0]
        assert in_threads(lambda: take_back_leases(now + MINUTE * 3)) == [0]
        cursor.execute("ROLLBACK")
    assert take_back_leases(now + MINUTE * 3) == 1
