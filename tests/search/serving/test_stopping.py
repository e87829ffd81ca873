"""A web process that ends gives back what it could still have spent; of one that is killed it is taken back."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from search.auction.ad_tokens import read_token
from search.serving.services import forget_server, get_server
from search.serving.services.server import MOST_BATCHES
from search.spending.models import Decision, Lease, LeaseHolder
from search.spending.services import DECISIONS_AT_ONCE, get_key_ring, take_back_leases
from tests.fixtures.ads import make_ad, make_decision, show
from tests.fixtures.forks import fork
from tests.fixtures.serving import advertise
from tests.search.serving.stopping import PATIENCE_SECONDS, decide, serve
from tests.search.serving.test_choosing import Street, street  # noqa: F401 - a fixture

BACKGROUND = {"ADS_BACKGROUND": True}


def test_a_process_that_ends_has_given_its_leases_back(street: Street, committed_db: Any) -> None:  # noqa: F811
    campaign_id = advertise(street.offers[0], "马克杯", now=datetime.now(UTC))
    worker = fork(serve, campaign_id, database=committed_db.name, changed=BACKGROUND).finish()
    lease = Lease.objects.get(worker=worker)
    assert lease.closed_at is not None and (lease.granted_micro, lease.billed_micro) == (0, 0)
    assert lease.returned_micro > 0 and not LeaseHolder.objects.exists()


def test_a_process_that_ends_has_stored_all_that_it_decided(street: Street, committed_db: Any) -> None:  # noqa: F811
    now = datetime.now(UTC)
    ad = make_ad(shop_id=street.shops[0].shop_id, now=now)
    token = show(ad, 0, now, stored=False, rendered=False)
    decision = make_decision(ad, read_token(token, get_key_ring(), now_second=0), now)
    many = 3 * MOST_BATCHES * DECISIONS_AT_ONCE  # more than a last round and the one that ends it
    fork(decide, decision, many, database=committed_db.name, changed=BACKGROUND).finish()
    assert Decision.objects.count() == many


def test_of_a_process_that_is_killed_they_are_taken_back(street: Street, committed_db: Any) -> None:  # noqa: F811
    campaign_id = advertise(street.offers[0], "马克杯", now=datetime.now(UTC))
    server = fork(serve, campaign_id, PATIENCE_SECONDS, database=committed_db.name, changed=BACKGROUND)
    until = time.monotonic() + PATIENCE_SECONDS
    while not Lease.objects.exists() and time.monotonic() < until:
        time.sleep(0.1)
    server.kill()
    lease = Lease.objects.get()
    heard = LeaseHolder.objects.get(pk=lease.worker)
    assert lease.closed_at is None
    assert take_back_leases(heard.seen_at + timedelta(seconds=119)) == 0
    assert take_back_leases(heard.seen_at + timedelta(minutes=3)) == 1


def test_a_process_whose_leases_were_taken_by_mistake_takes_others(street: Street) -> None:  # noqa: F811
    advertise(street.offers[0], "马克杯", now=street.now)
    server = get_server()
    for _ in range(2):
        server.refresh(street.now)
        street.choose()
    server.refresh(street.now)
    (held,) = server.state.money.leases.values()
    assert street.choose().lines
    later = street.clock.move(minutes=3)
    assert take_back_leases(later) == 1
    server.refresh(later)
    assert not server.state.money.leases
    street.choose()
    server.refresh(later)
    (other,) = server.state.money.leases.values()
    assert other.lease_id != held.lease_id and street.choose().lines
    forget_server()
