"""Orders are credited to the ads before them: shares sum to one, revenue to what was kept, also after refunds."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.auction.contracts import Model, Scope, TouchKind
from search.reports.contracts import BoughtLine, Dimension, ReportAsk, SoldShare, TouchedAd
from search.reports.models import Sale, SaleCredit
from search.reports.rules.crediting import credit_share
from search.reports.selectors import TooManyDays, get_report
from search.reports.services import credit_sale, note_refund
from search.reports.services.crediting import drop_touches
from tests.search.reports.events import make_cell, make_share, make_touch

ORDERED_AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
WINDOW = {TouchKind.CLICK: timedelta(days=7), TouchKind.VIEW: timedelta(days=1)}


def touch(number: int, *, hours: float, kind: TouchKind = TouchKind.CLICK, product: int = 1) -> TouchedAd:
    """A touch so long before the order, of an ad of shop 1."""
    cell = make_cell(random.Random(number), shops=1)
    return TouchedAd(number=number, kind=kind, at=ORDERED_AT - timedelta(hours=hours), product_id=product, cell=cell)


def share(*, revenue: int = 10_000, product: int = 1, refunded_after: float | None = None) -> SoldShare:
    back = ORDERED_AT + timedelta(hours=refunded_after) if refunded_after is not None else None
    line = BoughtLine(number=1, product_id=product, revenue_minor=revenue)
    return SoldShare(share_no="S", shop_id=1, ordered_at=ORDERED_AT, lines=(line,), refunded_at=back)


@given(seed=st.integers(0, 2**32), count=st.integers(0, 12))
@settings(max_examples=150, deadline=None)
def test_shares_sum_to_one_and_revenue_to_what_was_kept(seed: int, count: int) -> None:
    chance = random.Random(seed)
    sold = make_share(chance, seed)
    touches = [make_touch(chance, number, sold.ordered_at) for number in range(1, count + 1)]
    credited = credit_share(sold, touches)
    ages = {one.number: sold.ordered_at - one.at for one in touches}
    for kind in TouchKind:
        due = [
            one for one in touches
            if one.kind is kind and one.cell.shop_id == sold.shop_id
            and timedelta(0) <= ages[one.number] < WINDOW[kind]
        ]  # fmt: skip
        for line in sold.lines:
            early = sold.refunded_at is not None and sold.refunded_at - sold.ordered_at < timedelta(hours=72)
            kept = 0 if early else line.revenue_minor
            late = kept if sold.refunded_at is not None else 0
            for model in Model:
                found = [one for one in credited if (one.line, one.kind, one.model) == (line.number, kind, model)]
                assert sum(one.credit.share_ppm for one in found) == (1_000_000 if due else 0)
                assert sum(one.credit.revenue_minor for one in found) == (kept if due else 0)
                assert sum(one.adjusted_minor for one in found) == (late if due else 0)
            if due:
                last = [one for one in credited if (one.line, one.kind, one.model) == (line.number, kind, Model.LAST)]
                assert last[0].credit.touch.id == max(due, key=lambda one: (one.at, one.number)).number


@pytest.mark.django_db
def test_a_sale_is_credited_once_and_a_repeat_changes_nothing() -> None:
    touches = [touch(1, hours=50), touch(2, hours=2), touch(3, hours=3, kind=TouchKind.VIEW)]
    first = credit_sale(share=share(), touches=touches)
    assert credit_sale(share=share(), touches=[*touches, touch(4, hours=1)]) == first
    assert SaleCredit.objects.filter(model="last", touch__kind="click").get().touch.number == 2
    assert SaleCredit.objects.filter(model="linear", touch__kind="click").count() == 2


@pytest.mark.django_db
def test_what_no_ad_was_touched_before_is_not_kept() -> None:
    assert credit_sale(share=share(), touches=[]) == 0
    assert not Sale.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "counted", "adjusted"), [(71, 0, 0), (72, 10_000, 10_000), (300, 10_000, 10_000)])
def test_refunds_leave_within_72_hours_and_are_adjustments_later(hours: int, counted: int, adjusted: int) -> None:
    credit_sale(share=share(), touches=[touch(1, hours=1)])
    for _ in range(2):
        assert note_refund(share_no="S", refunded_at=ORDERED_AT + timedelta(hours=hours))
    rows = SaleCredit.objects.filter(model="last").values_list("share_ppm", "revenue_minor", "adjusted_minor")
    assert list(rows) == [(1_000_000, counted, adjusted)]
    assert not note_refund(share_no="another", refunded_at=ORDERED_AT)


@pytest.mark.django_db
def test_a_click_found_invalid_late_hands_its_sale_to_the_click_before() -> None:
    credit_sale(share=share(), touches=[touch(1, hours=50), touch(2, hours=2)])
    assert drop_touches([2, 99]) == 1
    assert SaleCredit.objects.filter(model="last").get().touch.number == 1
    assert drop_touches([2]) == 0
    assert drop_touches([1]) == 1
    assert not SaleCredit.objects.exists()


@pytest.mark.django_db
def test_reports_show_what_was_credited_under_each_dimension() -> None:
    chance = random.Random(11)
    expected: Counter[tuple[Dimension, str]] = Counter()
    shares = [make_share(chance, number) for number in range(30)]
    for sold in shares:
        touches = [make_touch(chance, number, sold.ordered_at) for number in range(1, chance.randint(1, 6))]
        if not touches:
            continue
        credit_sale(share=sold, touches=touches)
        cells = {one.number: one.cell for one in touches}
        for one in credit_share(sold, touches):
            if sold.shop_id == 1 and one.model is Model.LINEAR and one.kind is TouchKind.CLICK:
                cell = cells[one.credit.touch.id]
                expected[(Dimension.CAMPAIGN, str(cell.campaign_id))] += one.credit.revenue_minor
                expected[(Dimension.TERM, cell.term)] += one.credit.revenue_minor
                expected[(Dimension.DAY, cell.day.isoformat())] += one.credit.revenue_minor
                expected[(Dimension.HOUR, str(cell.hour))] += one.credit.revenue_minor
    since, until = min(cell_days()), max(cell_days())
    found: Counter[tuple[Dimension, str]] = Counter()
    for by in (Dimension.CAMPAIGN, Dimension.TERM, Dimension.DAY, Dimension.HOUR):
        report = get_report(ReportAsk(shop_id=1, since=since, until=until, by=by, model=Model.LINEAR))
        found.update({(by, row.key): row.figures.sold.revenue_minor for row in report.rows})
        assert report.total.sold.revenue_minor == sum(row.figures.sold.revenue_minor for row in report.rows)
    assert +found == +expected
    assert expected


@pytest.mark.django_db
def test_what_is_bought_besides_is_halo() -> None:
    credit_sale(share=share(product=9), touches=[touch(1, hours=1, product=1)])
    assert SaleCredit.objects.filter(model="last").get().scope == Scope.SAME_SHOP.value
    day = touch(1, hours=1).cell.day
    total = get_report(ReportAsk(shop_id=1, since=day, until=day, by=Dimension.DAY)).total
    assert (total.sold.revenue_minor, total.sold.halo_minor, total.sold.orders_ppm) == (10_000, 10_000, 1_000_000)
    assert get_report(ReportAsk(shop_id=2, since=day, until=day, by=Dimension.DAY)).rows == ()


@pytest.mark.django_db
def test_a_report_over_too_many_days_is_refused() -> None:
    day = ORDERED_AT.date()
    for until in (day + timedelta(days=92), day - timedelta(days=1)):
        with pytest.raises(TooManyDays):
            get_report(ReportAsk(shop_id=1, since=day, until=until, by=Dimension.DAY))


def cell_days() -> list[object]:
    return list(SaleCredit.objects.values_list("touch__day", flat=True))
