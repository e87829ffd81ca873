"""What others read: feeds without gaps, explanations, touches, leases, decisions."""

import uuid
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from billing.settlement.services.days import business_date
from search.auction.ad_tokens import read_token
from search.auction.contracts import (
    AuctionRules,
    Candidate,
    DisplayPriceInputs,
    PriceStepKind,
    Terms,
    TokenKind,
)
from search.auction.display import compute_display_price
from search.auction.explaining import PriceDisputed
from search.auction.keyword import decide
from search.auction.records import write_record
from search.auction.versions import get_rules, get_weights
from search.spending import selectors
from search.spending.contracts import FeedPosition, StoredDecision
from search.spending.models import AdEvent
from search.spending.selectors import decisions
from search.spending.services import extend_leases, get_key_ring, record_click, record_views, store_decisions
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.ads import MICRO, fund, lend, make_ad, make_decision, show, visitor
from tests.fixtures.wechatpay import wait_for

SHOP, OTHER = 51, 52
LATER = timedelta(seconds=5)


@pytest.fixture
def now(clock: Clock, db: None) -> datetime:
    fund(SHOP, 100_000, clock.now)
    fund(OTHER, 100_000, clock.now)
    return clock.now


def test_a_shop_sees_its_own_events_only_and_why_they_cost_what_they_did(now: datetime) -> None:
    mine, others = make_ad(shop_id=SHOP, now=now), make_ad(shop_id=OTHER, now=now)
    for ad in (mine, others):
        record_click(token=show(ad, lend(ad, now).lease_id, now), facts=visitor(), now=now + LATER)
    today = business_date(now)
    (event,) = selectors.list_events(shop_id=SHOP, since=today, until=today)
    assert (event.ad_id, event.page, event.query, event.keyword_id) == (mine.ad_id, "search", "茶壶", 77)
    with pytest.raises(selectors.EventNotFound):
        selectors.get_event(day=event.day, token=event.token, shop_id=OTHER)
    why = selectors.explain_charge(selectors.get_event(day=event.day, token=event.token, shop_id=SHOP))
    assert [step.kind for step in why.steps] == [PriceStepKind.NOBODY_NEXT]
    assert (why.price_minor, why.billed_micro) == (100, 100 * MICRO)
    AdEvent.objects.filter(token=event.token).update(price_micro=99 * MICRO, billed_micro=99 * MICRO)
    with pytest.raises(PriceDisputed):
        selectors.explain_charge(selectors.get_event(day=event.day, token=event.token))


def test_a_view_is_explained_by_the_thousand(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now, charge="mille")
    inputs = DisplayPriceInputs(ecpm_minor=2_000, floor_minor=200, step_minor=10, next_ecpm_minor=1_840, click=None)
    price = compute_display_price(inputs)
    token = show(
        ad, lend(ad, now).lease_id, now, kind=TokenKind.VIEW, price_micro=price.view_micro, stored=False
    )  # fmt: skip
    record_views(tokens=[token], facts=visitor(), now=now + LATER)
    AdEvent.objects.update(inputs=write_record(price))
    today = business_date(now)
    why = selectors.explain_charge(selectors.list_events(shop_id=SHOP, since=today, until=today)[0])
    assert (why.per_thousand, why.price_minor, why.billed_micro) == (True, 1_850, 1_850_000)


def test_a_decision_stored_after_the_click_is_read_with_it(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    token = show(ad, lend(ad, now).lease_id, now, stored=False)
    record_click(token=token, facts=visitor(), now=now + LATER)
    today = business_date(now)
    (event,) = selectors.list_events(shop_id=SHOP, since=today, until=today)
    assert (event.decision_stored, event.inputs) == (False, "")
    with pytest.raises(selectors.NotExplained):
        selectors.explain_charge(event)
    shown = read_token(token, get_key_ring(), now_second=int(now.timestamp()))
    decision = make_decision(ad, shown, now)
    assert store_decisions([decision, decision]) == 1
    assert store_decisions([decision]) == 0
    (event,) = selectors.list_events(shop_id=SHOP, since=today, until=today)
    assert event.decision_stored and event.keyword_id == 77
    assert selectors.explain_charge(event).price_minor == 100


def test_a_person_is_found_again_on_each_day_and_by_nobody_elses_name(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease = lend(ad, now)
    record_click(token=show(ad, lease.lease_id, now), facts=visitor(3), now=now + LATER)
    record_click(token=show(ad, lease.lease_id, now), facts=visitor(4), now=now + LATER)
    names = selectors.name_person_on("person-3", [business_date(now), business_date(now) - timedelta(days=400)])
    assert list(names) == [business_date(now)]
    touches = selectors.list_touches(persons=names.items(), shop_id=SHOP, since=now, until=now + timedelta(days=1))
    assert len(touches) == 1
    assert selectors.list_touches(persons=names.items(), shop_id=OTHER, since=now, until=now + LATER * 9) == []
    assert selectors.name_person_on("", [business_date(now)]) == {}


def test_a_lease_stays_open_while_its_ads_can_be_clicked(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease, other = lend(ad, now), lend(ad, now, worker="w2")
    shown = {lease.lease_id: now + LATER, other.lease_id: now + LATER}
    assert extend_leases(worker="w1", shown=shown, now=now + LATER) == 1
    assert selectors.count_leases(now=now + timedelta(minutes=2)).overdue == 1
    assert selectors.read_leases([lease.lease_id])[lease.lease_id].rest_micro == lease.granted_micro


def test_the_feed_waits_for_transactions_that_still_run(clock: Clock, committed_db: CommittedDatabase) -> None:
    now = clock.now
    fund(SHOP, 100_000, now)
    ad = make_ad(shop_id=SHOP, now=now)
    lease = lend(ad, now)
    with psycopg.connect(committed_db.environment["DATABASE_URL"]) as slow:
        slow.execute("SELECT pg_current_xact_id()")  # a transaction that will commit after later ones
        record_click(token=show(ad, lease.lease_id, now), facts=visitor(), now=now + LATER)
        assert selectors.read_events(after=FeedPosition(), limit=10) == ([], FeedPosition())
    record_click(token=show(ad, lease.lease_id, now), facts=visitor(), now=now + LATER)
    wait_for(lambda: len(selectors.read_events(after=FeedPosition(), limit=10)[0]) == 2, seconds=30, what="both")
    first, position = selectors.read_events(after=FeedPosition(), limit=1)
    second, end = selectors.read_events(after=position, limit=10)
    assert len(first) == len(second) == 1
    assert first[0].number < second[0].number
    assert selectors.read_events(after=end, limit=10) == ([], end)
    connection.close()


def test_decisions_of_one_moment_are_listed_page_by_page_each_once(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease_id, moments = lend(ad, now).lease_id, (now, now, now, now + LATER, now - LATER)
    for moment in moments:
        show(ad, lease_id, moment)
    whole = selectors.search_decisions(day=business_date(now))
    assert [one.decided_at for one in whole] == [now + LATER, now, now, now, now - LATER]
    found, after = [], None
    while page := selectors.search_decisions(day=business_date(now), after=after, limit=2):
        found += page
        after = page[-1].position
    assert found == whole


def test_decisions_are_looked_for_in_a_part_of_the_day(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease_id = lend(ad, now).lease_id
    for moment in (now - LATER, now, now + LATER):
        show(ad, lease_id, moment)
    found = selectors.search_decisions(day=business_date(now), since=now, until=now + LATER)
    assert [one.decided_at for one in found] == [now], "from the first moment on, without the last"


def test_a_search_that_takes_too_long_is_given_up_and_limits_nothing_after_it(
    committed_db: CommittedDatabase, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "SEARCH_MS", 100)
    with psycopg.connect(committed_db.environment["DATABASE_URL"]) as other, transaction.atomic():
        other.execute("LOCK TABLE spending_decision IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(selectors.SearchTooLong):
            selectors.search_decisions(day=business_date(now), query="tea")
        other.rollback()
        assert selectors.search_decisions(day=business_date(now), query="tea") == []
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
    connection.close()


def test_a_stored_auction_comes_out_the_same_again_and_a_changed_one_does_not(now: datetime) -> None:
    candidates = [
        Candidate(ad=n, merchant=n, bid_minor=100 + n, quality=500, reserve_minor=10, created_us=n) for n in range(5)
    ]
    terms = Terms(places=2, rules=get_rules(), weights=get_weights(), quality_version=1)
    assert isinstance(terms.rules, AuctionRules)
    auction = decide(candidates, terms, id="a", decided_us=1, context="search")
    decision = StoredDecision(
        decision_id=uuid.uuid4(), day=business_date(now), decided_at=now, page="search", query="tea", region="",
        auction=write_record(auction), person="p", network="n", lines=(),
    )  # fmt: skip
    store_decisions([decision])
    (found,) = selectors.search_decisions(day=business_date(now), query="TE")
    assert selectors.replay_decision(found).is_same
    tampered = write_record(auction).replace('"amount_minor":104', '"amount_minor":103')
    assert tampered != write_record(auction)
    again = selectors.replay_decision(
        type(found)(**{name: getattr(found, name) for name in found.__slots__} | {"auction": tampered})
    )
    assert again.stored is not None and not again.is_same
