"""A click that is found invalid later takes the commission of its order with it, before the release and after."""

import time
from datetime import datetime, timedelta

import pytest

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger
from search.auction.contracts import InvalidReason
from search.per_sale.contracts import SaleState
from search.per_sale.models import AttributedSale
from search.per_sale.selectors import get_per_sale_health, map_plan_sums
from search.per_sale.services import follow_invalid_clicks, follow_sale, prove_sales
from search.reports.models import Position, SaleCredit
from search.reports.services import count_sale
from search.signals.services import name_person
from search.spending.models import AdEvent, Correction, Credit, Finding
from search.spending.services import (
    approve_finding,
    find_late_invalid,
    post_credits,
    record_click,
    record_dwell,
    refuse_finding,
)
from tests.billing.checkout.conftest import BUYER
from tests.fixtures.ads import fund, lend, make_ad, show, visitor
from tests.search.per_sale.conftest import Street
from tests.search.reports.counting_on import MOST_SECONDS, count_all

OTHER_SHOP = 71
FACTS = visitor(person=name_person(user_id=BUYER))


@pytest.fixture
def plan_id(street: Street) -> int:
    fund(street.shop_id, 10_000, street.now)
    fund(OTHER_SHOP, 10_000, street.now)
    return street.plan(1_000)


def click_the_plan(street: Street) -> str:
    """A click of the buyer's on the plan's ad. Its token."""
    (line,) = [line for line in street.show() if line.shop_id == street.shop_id]
    assert record_click(token=line.click_token, facts=FACTS, now=street.fair.clock.move(seconds=5)).reason == ""
    return line.click_token


def bounce(street: Street, token: str) -> None:
    """The buyer leaves what the click opened at once, and so with five ads of another shop."""
    record_dwell(token=token, dwell_ms=200, now=street.now)
    for number in range(5):
        street.fair.clock.move(minutes=3 + number * number)
        ad = make_ad(shop_id=OTHER_SHOP, now=street.now)
        other = show(ad, lend(ad, street.now).lease_id, street.now)
        assert record_click(token=other, facts=FACTS, now=street.fair.clock.move(seconds=5)).billed
        record_dwell(token=other, dwell_ms=200, now=street.now)
    street.fair.clock.move(minutes=1)


def find_and_approve(street: Street) -> None:
    """The clicks are found, and staff agree; what the other shop paid is a finding of its own."""
    assert find_late_invalid(street.now) == 2
    finding = Finding.objects.get(shop_id=street.shop_id)
    assert (finding.state, finding.events, finding.amount_micro) == ("found", 1, 0)
    approve_finding(finding_id=finding.pk, note="", actor_id=1, now=street.now)
    post_credits(street.now)
    finding.refresh_from_db()
    assert finding.state == "posted"


def follow_all(now: datetime) -> int:
    """Follow until every correction was read: the feed waits for all transactions of the server. Returns the sales."""
    until, total = time.monotonic() + MOST_SECONDS, follow_invalid_clicks(now)
    while Position.objects.get(pk="sales").counted != Correction.objects.count():
        assert time.monotonic() < until, "something keeps a transaction open"
        time.sleep(0.05)
        total += follow_invalid_clicks(now)
    return total


def read_cash(street: Street) -> int:
    return get_balance(code=Code.AD_WALLET_CASH, owner=Owner.of_shop(street.shop_id)).posted_minor


def test_an_order_that_waits_costs_nothing_once_its_click_is_found_invalid(street: Street, plan_id: int) -> None:
    bounce(street, click_the_plan(street))
    share_no = street.buy(3)
    assert street.read(share_no).commission_minor == 300
    find_and_approve(street)
    assert (follow_all(street.now), follow_invalid_clicks(street.now)) == (1, 0)
    sale = street.read(share_no)
    assert (sale.state, sale.commission_minor) == (SaleState.INVALID, 0)
    assert (sale.invalid_reason, sale.lines[0].rate.bps) == (InvalidReason.UNUSUAL_CLICK_RATE, 1_000)
    street.receive(share_no)
    assert (street.read(share_no).charged_minor, read_cash(street)) == (0, 10_000)
    assert map_plan_sums(shop_id=street.shop_id) == {}


def test_what_was_charged_already_is_given_back_once_and_proven(street: Street, plan_id: int) -> None:
    bounce(street, click_the_plan(street))
    share_no = street.buy(3)
    street.receive(share_no)
    assert (street.read(share_no).charged_minor, read_cash(street)) == (300, 9_700)
    find_and_approve(street)
    assert follow_all(street.now) == 1
    street.deliver()
    sale = street.read(share_no)
    assert (sale.state, sale.charged_minor, read_cash(street)) == (SaleState.INVALID, 0, 10_000)
    assert (prove_sales(street.now), get_per_sale_health().broken) == (1, ())
    assert prove_ledger().sound


def test_a_click_that_was_found_before_the_order_brings_no_sale(street: Street, plan_id: int) -> None:
    bounce(street, click_the_plan(street))
    find_and_approve(street)
    correction = Correction.objects.get(shop_id=street.shop_id)
    assert (correction.amount_micro, correction.reason) == (0, InvalidReason.UNUSUAL_CLICK_RATE)
    share_no = street.buy(3)
    assert not AttributedSale.objects.exists()
    count_all(street.now)
    count_sale(share_no=share_no, shop_id=street.shop_id)
    assert not SaleCredit.objects.filter(touch__kind="click").exists(), "reports know no such click either"


def test_the_last_valid_click_that_is_left_takes_the_order_with_the_rates_of_its_moment(
    street: Street, plan_id: int
) -> None:
    click_the_plan(street)
    street.fair.clock.move(days=1)
    bounce(street, click_the_plan(street))
    share_no = street.buy(3)
    first, second = AdEvent.objects.filter(kind="sale").order_by("number").values_list("number", flat=True)
    assert AttributedSale.objects.get().click_number == second
    find_and_approve(street)
    follow_all(street.now)
    assert AttributedSale.objects.get().click_number == first
    sale = street.read(share_no)
    assert (sale.state, sale.commission_minor, sale.plan_id) == (SaleState.WAITING, 300, plan_id)


def test_a_finding_that_overtakes_its_sale_is_seen_by_the_sale(street: Street, plan_id: int) -> None:
    """The position is past the correction when the sale's row is written; whoever writes it looks by itself."""
    bounce(street, click_the_plan(street))
    share_no = street.buy(3)
    find_and_approve(street)
    held = AttributedSale.objects.get()
    AttributedSale.objects.update(click_token=None)
    assert follow_all(street.now) == 0
    AttributedSale.objects.update(click_token=held.click_token)
    follow_sale(share_no=share_no, shop_id=street.shop_id, now=street.now)
    assert street.read(share_no).state is SaleState.INVALID


def test_what_staff_refuse_leaves_the_order_with_its_plan(street: Street, plan_id: int) -> None:
    bounce(street, click_the_plan(street))
    share_no = street.buy(3)
    find_late_invalid(street.now)
    finding = Finding.objects.get(shop_id=street.shop_id)
    assert (post_credits(street.now), Correction.objects.filter(shop_id=street.shop_id).count()) == (0, 0)
    refuse_finding(finding_id=finding.pk, note="a family", actor_id=1, now=street.now)
    post_credits(street.now)
    assert (find_late_invalid(street.now), follow_all(street.now)) == (0, 0)
    assert street.read(share_no).state is SaleState.WAITING


def test_a_click_is_final_after_72_hours_and_found_once(street: Street, plan_id: int) -> None:
    bounce(street, click_the_plan(street))
    assert find_late_invalid(street.now + timedelta(hours=72)) == 0
    assert (find_late_invalid(street.now), find_late_invalid(street.now + timedelta(hours=1))) == (2, 0)
    assert Credit.objects.filter(finding__shop_id=street.shop_id).values_list("kind", "amount_micro").get() == (
        "sale",
        0,
    )
