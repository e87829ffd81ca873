"""Orders find the ads that their buyer touched: as a member, as the guest before, and under the names of each day."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from billing.checkout.contracts import CartOwner, PurchaseView
from billing.checkout.services import PlaceRequest, add_line, cancel_share_as_buyer, place_purchase, quote_cart
from market.outbox.contracts import EventEnvelope
from market.outbox.models import Event
from market.shops.contracts import ShopContext
from search.reports.models import JoinedVisitor, Sale, SaleCredit
from search.reports.services import count_sale, join_visitor, purge_joined
from search.reports.tasks import on_share_gone, on_share_sold
from search.signals.services import name_person
from search.spending.contracts import VisitorFacts
from search.spending.services import record_click
from tenants.orders.contracts import PaymentMethod, ShipTo
from tests.conftest import Clock, CommittedDatabase
from tests.fixtures.ads import AdRow, fund, lend, make_ad, show, visitor
from tests.fixtures.goods import stock_product

pytestmark = pytest.mark.usefixtures("committed_db")
HOME = ShipTo("沈小禾", "+8613812346021", "浙江省 杭州市 西湖区", "文三路1号", "310000")
BUYER = 77
MEMBER, GUEST = name_person(user_id=BUYER), name_person(guest_key="g" * 43)


@pytest.fixture
def shop(committed_db: CommittedDatabase, make_shop: Callable[..., ShopContext]) -> ShopContext:
    return make_shop("alpha")


@pytest.fixture
def ad(shop: ShopContext, clock: Clock) -> AdRow:
    fund(shop.shop_id, 100_000, clock.now)
    return make_ad(shop_id=shop.shop_id, now=clock.now)


def click(ad: AdRow, person: str, now: datetime, **facts: object) -> None:
    token = show(ad, lend(ad, now).lease_id, now - timedelta(seconds=5))
    named: VisitorFacts = visitor(person=person, **facts)
    record_click(token=token, facts=named, now=now)


def buy(shop: ShopContext, now: datetime, pieces: int = 2) -> PurchaseView:
    offer = stock_product(shop, pieces=9, price_minor=1_500)
    owner = CartOwner(user_id=BUYER)
    add_line(owner=owner, offer=offer, quantity=pieces, now=now)
    request = PlaceRequest(BUYER, "key", quote_cart(owner=owner).digest, PaymentMethod.COD, HOME, {})
    return place_purchase(request=request, now=now)


def read_events(kind: str) -> list[EventEnvelope]:
    rows = Event.objects.filter(kind=kind).order_by("pk")
    return [EventEnvelope(row.pk, row.kind, row.shop_id, row.key, row.payload, row.recorded_at) for row in rows]


def test_an_order_is_credited_to_the_click_before_it(shop: ShopContext, ad: AdRow, clock: Clock) -> None:
    click(ad, MEMBER, clock.now)
    buy(shop, clock.move(hours=30))
    for _ in range(2):
        on_share_sold(read_events("share.agreed"))
    credit = SaleCredit.objects.get(model="last")
    assert (credit.share_ppm, credit.revenue_minor, credit.scope) == (1_000_000, 3_000, "same_shop")
    assert (credit.touch.campaign_id, credit.touch.term.text, credit.touch.region) == (ad.campaign_id, "茶壶", "31")


def test_what_the_guest_clicked_counts_for_the_member(shop: ShopContext, ad: AdRow, clock: Clock) -> None:
    click(ad, GUEST, clock.now)
    clock.move(days=2)
    assert join_visitor(guest=GUEST, member=MEMBER, now=clock.now) == join_visitor(
        guest=GUEST, member=MEMBER, now=clock.now
    )
    buy(shop, clock.now)
    on_share_sold(read_events("share.agreed"))
    assert SaleCredit.objects.filter(model="last").count() == 1
    assert JoinedVisitor.objects.exists() and not purge_joined(now=clock.now)
    assert purge_joined(now=clock.move(days=9)) and not JoinedVisitor.objects.exists()


def test_nobody_elses_click_counts_and_none_of_a_robot_or_too_long_ago(
    shop: ShopContext, ad: AdRow, clock: Clock
) -> None:
    click(ad, MEMBER, clock.now - timedelta(days=7, minutes=1))
    click(ad, name_person(user_id=BUYER + 1), clock.now)
    click(ad, MEMBER, clock.now, user_agent_is_robot=True)
    buy(shop, clock.move(minutes=1))
    on_share_sold(read_events("share.agreed"))
    assert not Sale.objects.exists()


def test_an_order_that_is_called_off_brings_nothing(shop: ShopContext, ad: AdRow, clock: Clock) -> None:
    click(ad, MEMBER, clock.now)
    share = buy(shop, clock.move(hours=1)).shares[0]
    on_share_sold(read_events("share.agreed"))
    cancel_share_as_buyer(share_no=share.share_no, buyer_id=BUYER, reason="", now=clock.move(hours=1))
    on_share_gone(read_events("share.cancelled"))
    assert SaleCredit.objects.get(model="last").revenue_minor == 0


def test_news_in_the_wrong_order_ends_the_same(shop: ShopContext, ad: AdRow, clock: Clock) -> None:
    click(ad, MEMBER, clock.now)
    share = buy(shop, clock.move(hours=1)).shares[0]
    cancel_share_as_buyer(share_no=share.share_no, buyer_id=BUYER, reason="", now=clock.move(hours=1))
    on_share_gone(read_events("share.cancelled"))
    assert count_sale(share_no=share.share_no, shop_id=shop.shop_id)
    assert SaleCredit.objects.get(model="last").revenue_minor == 0
