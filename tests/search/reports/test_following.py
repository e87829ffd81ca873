"""Reports follow what spending records: every event and correction once, whatever comes late, twice or in between."""

import os
import random
import threading
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connections

from billing.settlement.services.days import business_date
from search.auction.contracts import TokenKind
from search.reports.contracts import Cell, Dimension, ReportAsk
from search.reports.models import AdCount, Position, SaleCredit, WaitingEvent
from search.reports.selectors import get_report
from search.reports.services import count_corrections, count_events, counting, credit_sale
from search.reports.tasks import count
from search.spending.models import AdEvent, Correction, Decision
from search.spending.services import record_click, record_views
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.ads import MICRO, AdRow, fund, lend, make_ad, show, visitor
from tests.search.reports.counting_on import count_all
from tests.search.reports.test_counting import flatten, read_counts
from tests.search.reports.test_crediting import share, touch

SHOP = 7
LATER = timedelta(seconds=5)
EVENTS = 1_000_000 if os.environ.get("JISHI_LONG") else 20_000
DAYS = 3


@pytest.fixture
def ad(committed_db: CommittedDatabase, clock: Clock) -> AdRow:
    """An ad with money."""
    fund(SHOP, 1_000_000, clock.now)
    return make_ad(shop_id=SHOP, now=clock.now, daily_minor=500_000)


def read_total(now: datetime) -> Any:
    day = business_date(now)
    return get_report(ReportAsk(shop_id=SHOP, since=day, until=day, by=Dimension.DAY)).total


def test_clicks_and_views_are_counted_where_they_happened(ad: AdRow, clock: Clock) -> None:
    lease = lend(ad, clock.now)
    click = show(ad, lease.lease_id, clock.now, place=2)
    record_click(token=click, facts=visitor(), now=clock.now + LATER)
    record_click(
        token=show(ad, lease.lease_id, clock.now), facts=visitor(user_agent_is_robot=True), now=clock.now + LATER
    )
    view = show(ad, lease.lease_id, clock.now, kind=TokenKind.VIEW, price_micro=18_500)
    record_views(tokens=[view, view], facts=visitor(), now=clock.now + LATER)
    assert count_all(clock.now) == 3
    assert count(clock.now) == 0
    (cell,) = [cell for cell, sums in read_counts().items() if sums.clicks]
    assert (cell.place, cell.page, cell.region, cell.term, cell.keyword_id) == (2, "search", "31", "茶壶", 77)
    total = read_total(clock.now)
    assert (total.sums.views, total.sums.clicks, total.sums.filtered_clicks) == (1, 1, 1)
    assert total.cost_micro == 100 * MICRO + 18_500


def test_an_event_waits_for_its_decision_and_is_counted_once_it_came(ad: AdRow, clock: Clock) -> None:
    lease = lend(ad, clock.now)
    token = show(ad, lease.lease_id, clock.now, stored=False)
    record_click(token=token, facts=visitor(), now=clock.now + LATER)
    count_all(clock.now)
    assert WaitingEvent.objects.count() == 1 and not AdCount.objects.exists()
    event = AdEvent.objects.get()
    Decision.objects.create(
        day=event.day, decision_id=event.decision_id, decided_at=clock.now, page="search", query="茶壶",
        lines=[{"place": 1, "ad_id": ad.ad_id, "keyword_id": 9}],
    )  # fmt: skip
    assert count_all(clock.now) == 1
    assert not WaitingEvent.objects.exists()
    assert [(cell.term, cell.keyword_id) for cell in read_counts()] == [("茶壶", 9)]


def test_an_event_without_a_decision_is_counted_as_one_of_no_search_in_the_end(ad: AdRow, clock: Clock) -> None:
    token = show(ad, lend(ad, clock.now).lease_id, clock.now, stored=False)
    record_click(token=token, facts=visitor(), now=clock.now + LATER)
    count_all(clock.now)
    count(clock.move(hours=2))
    assert [(cell.term, cell.page) for cell in read_counts()] == [("", "")]


def test_what_is_taken_back_of_a_waiting_event_counts_it_first(ad: AdRow, clock: Clock) -> None:
    token = show(ad, lend(ad, clock.now).lease_id, clock.now, stored=False)
    record_click(token=token, facts=visitor(), now=clock.now + LATER)
    count_all(clock.now)
    _take_back(AdEvent.objects.get(), "freed", clock.now)
    assert count_all(clock.now) == 1
    total = read_total(clock.now)
    assert (total.sums.clicks, total.sums.freed_micro, total.cost_micro) == (1, 100 * MICRO, 0)
    assert not WaitingEvent.objects.exists()


def test_a_credited_click_costs_nothing_and_earns_no_sale(ad: AdRow, clock: Clock) -> None:
    token = show(ad, lend(ad, clock.now).lease_id, clock.now)
    record_click(token=token, facts=visitor(), now=clock.now + LATER)
    count_all(clock.now)
    event = AdEvent.objects.get()
    credit_sale(share=share(), touches=[touch(event.number, hours=1)])
    assert SaleCredit.objects.exists()
    _take_back(event, "credited", clock.now)
    assert count_all(clock.now) == 1
    total = read_total(clock.now)
    assert (total.sums.clicks, total.sums.credited_clicks, total.cost_micro) == (1, 1, 0)
    assert not SaleCredit.objects.exists()


def test_nothing_is_taken_back_before_its_event_is_counted(ad: AdRow, clock: Clock) -> None:
    token = show(ad, lend(ad, clock.now).lease_id, clock.now)
    record_click(token=token, facts=visitor(), now=clock.now + LATER)
    _take_back(AdEvent.objects.get(), "credited", clock.now)
    assert count_corrections(now=clock.now) == 0
    assert count_all(clock.now) == 2


def test_a_failure_half_way_counts_nothing_and_loses_nothing(
    ad: AdRow, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = show(ad, lend(ad, clock.now).lease_id, clock.now)
    record_click(token=token, facts=visitor(), now=clock.now + LATER)

    def fail(*arguments: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="full"):
        broken.setattr(counting, "_move", fail)
        count_events(now=clock.now)
    assert not AdCount.objects.exists() and not Position.objects.exists()
    assert count_all(clock.now) == 1


def test_two_counters_at_once_count_each_event_once(ad: AdRow, clock: Clock) -> None:
    _fill(random.Random(5), 3_000, clock.now)
    problems: list[BaseException] = []

    def work() -> None:
        try:
            while count_events(now=clock.now, limit=100).read:
                pass
        except BaseException as error:
            problems.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert problems == []
    count_all(clock.now)
    assert flatten(read_counts()) == _recount()


@pytest.mark.timeout(3_600)  # a million events in the long run
def test_reports_are_a_recount_of_all_events_also_after_credits(committed_db: CommittedDatabase, clock: Clock) -> None:
    """Every column of every cell, and of every dimension, against plain loops over the rows of the log."""
    chance = random.Random(6)
    _fill(chance, EVENTS // 2, clock.now)
    count_all(clock.now)
    _fill(chance, EVENTS // 2, clock.now)
    for event in AdEvent.objects.filter(billed_micro__gt=0).order_by("number")[: EVENTS // 50]:
        _take_back(event, chance.choice(("freed", "credited")), clock.now)
    count_all(clock.now)
    recounted = _recount()
    assert flatten(read_counts()) == recounted
    since, until = business_date(clock.now) - timedelta(days=DAYS - 1), business_date(clock.now)
    for by in Dimension:
        expected: Counter[tuple[str, str]] = Counter()
        for (cell, column), value in recounted.items():
            if cell.shop_id == SHOP:
                expected[(_read_key(cell, by), column)] += value
        report = get_report(ReportAsk(shop_id=SHOP, since=since, until=until, by=by))
        found = {
            (row.key, column): value
            for row in report.rows
            for column in {column for _, column in recounted}
            if (value := getattr(row.figures.sums, column))
        }
        assert found == dict(expected), by
    assert Position.objects.get(pk="events").counted == AdEvent.objects.count() == EVENTS


def _read_key(cell: Cell, by: Dimension) -> str:
    name = by.value if by.value in ("day", "hour", "place", "page", "region", "term") else f"{by.value}_id"
    value = getattr(cell, name)
    return value.isoformat() if isinstance(value, date) else str(value)


def _take_back(event: AdEvent, kind: str, now: datetime) -> None:
    Correction.objects.create(
        day=event.day, token=event.token, shop_id=event.shop_id, campaign_id=event.campaign_id, kind=kind,
        amount_micro=event.billed_micro, reason="regular_gaps" if kind == "credited" else "", at=now,
    )  # fmt: skip


def _fill(chance: random.Random, many: int, now: datetime) -> None:
    """So many events of ten ads of three shops, in decisions of a few words, over some days; some after midnight."""
    today = business_date(now)
    for start in range(0, many, 10_000):
        decisions = [_make_decision(chance, today, now) for _ in range(400)]
        Decision.objects.bulk_create(decisions)
        rows = [_make_event(chance, chance.choice(decisions), now) for _ in range(min(10_000, many - start))]
        AdEvent.objects.bulk_create(rows, batch_size=2_000)


def _make_decision(chance: random.Random, today: date, now: datetime) -> Decision:
    lines = [{"place": place, "ad_id": chance.randint(1, 10), "keyword_id": place + 70} for place in (1, 2, 3)]
    return Decision(
        day=today - timedelta(days=chance.randrange(DAYS)), decision_id=uuid4(), decided_at=now,
        page=chance.choice(("search", "category")), query=chance.choice(("", "茶壶", "mug", "马克杯 陶瓷")),
        region=chance.choice(("", "31", "44")), lines=lines,
    )  # fmt: skip


def _make_event(chance: random.Random, decision: Decision, now: datetime) -> AdEvent:
    line = chance.choice(decision.lines)
    reason = chance.choice(("", "", "", "too_fast", "robot"))
    price = 0 if reason else chance.choice((18_500, 370_000, 25 * MICRO))
    billed = price if chance.random() < 0.9 else price // 3
    noon = datetime(decision.day.year, decision.day.month, decision.day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    ad_id = line["ad_id"]
    return AdEvent(
        day=decision.day, token=UUID(int=chance.getrandbits(128)), kind=chance.choice(("view", "click")),
        at=noon + timedelta(minutes=chance.randint(-12 * 60, 13 * 60)), decision_id=decision.decision_id,
        place=line["place"], ad_id=ad_id, campaign_id=ad_id % 4 + 1, group_id=ad_id % 5 + 1, keyword_id=None,
        shop_id=SHOP + ad_id % 3, product_id=ad_id, lease_id=1, price_micro=price, billed_micro=billed,
        borne_micro=price - billed, reason=reason, decision_stored=False,
    )  # fmt: skip


def _recount() -> dict[tuple[Cell, str], int]:
    """By loops over the rows of the log, column by column."""
    decisions = {row.decision_id: row for row in Decision.objects.all()}
    corrections = {row.token: row for row in Correction.objects.all()}
    found: Counter[tuple[Cell, str]] = Counter()
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    for event in AdEvent.objects.all().iterator():
        decision = decisions[event.decision_id]
        local = event.at.astimezone(zone)
        cell = Cell(
            day=event.day, hour=local.hour if local.date() == event.day else 23, shop_id=event.shop_id,
            campaign_id=event.campaign_id, group_id=event.group_id, ad_id=event.ad_id, keyword_id=event.place + 70,
            place=event.place, page=decision.page, region=decision.region, term=decision.query,
        )  # fmt: skip
        found[(cell, f"{'filtered_' if event.reason else ''}{event.kind}s")] += 1
        found[(cell, f"{event.kind}_micro")] += event.billed_micro
        found[(cell, "borne_micro")] += event.borne_micro
        back = corrections.get(event.token)
        if back is not None:
            found[(cell, f"{back.kind}_micro")] += back.amount_micro
            found[(cell, f"credited_{event.kind}s")] += back.kind == "credited"
    return dict(+found)
