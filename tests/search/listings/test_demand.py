"""Sales of thirty days are counted from shares, move the order of hits, and fade."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from billing.checkout.models import Purchase, PurchaseShare
from billing.checkout.selectors import count_sold
from market.shops.contracts import ShopContext
from search.listings import tasks
from search.listings.contracts import SearchQuery, Sort
from search.listings.selectors import find_listing, search
from search.listings.services import count_sales, demand, refresh_shop, set_lifts
from tenants.catalog.contracts import Text
from tests.conftest import Clock
from tests.search.listings.conftest import Goods


@pytest.fixture
def sold(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, int], int]:
    """What checkout says was sold."""
    figures: dict[tuple[int, int], int] = {}
    monkeypatch.setattr(demand, "count_sold", lambda *, since: figures)
    return figures


def test_sales_order_hits_and_survive_a_refresh(
    goods: Goods,
    shop_a: ShopContext,
    shop_b: ShopContext,
    index_now: Callable[[], None],
    clock: Clock,
    sold: dict[tuple[int, int], int],
) -> None:
    first, second = goods.create(shop_a, title=Text("甲")), goods.create(shop_b, title=Text("乙"))
    goods.deliver()
    a, b = goods.listing_of(shop_a, first), goods.listing_of(shop_b, second)
    sold[(shop_a.shop_id, a.pk)] = 12
    assert count_sales(now=clock.now) == 1
    assert count_sales(now=clock.now) == 0
    goods.change(shop_a, first, title=Text("甲二"))
    goods.deliver()
    index_now()
    document = find_listing(a.pk)
    assert document and (document.sold_30d, document.title.zh) == (12, "甲二")
    assert [card.listing_id for card in search(SearchQuery(sort=Sort.SALES)).hits] == [a.pk, b.pk]
    assert document.version > a.version
    sold.clear()
    assert tasks.count_demand(clock.now) == 1
    assert find_listing(a.pk).sold_30d == 0  # type: ignore[union-attr]


def test_sales_named_under_another_shop_move_nothing(
    goods: Goods, shop_a: ShopContext, shop_b: ShopContext, clock: Clock, sold: dict[tuple[int, int], int]
) -> None:
    product_id = goods.create(shop_a)
    goods.deliver()
    sold[(shop_b.shop_id, goods.listing_of(shop_a, product_id).pk)] = 5
    assert count_sales(now=clock.now) == 0
    refresh_shop(shop_id=shop_a.shop_id, now=clock.now)
    assert goods.listing_of(shop_a, product_id).sold_30d == 0


@pytest.mark.parametrize(
    ("state", "days", "counted"),
    [
        ("paid", 1, 5),
        ("completed", 29, 5),
        ("paid", 31, 0),
        ("submitted", 1, 0),
        ("cancelled", 1, 0),
        ("refunded", 1, 0),
    ],
)
def test_pieces_count_when_they_were_paid_within_thirty_days(
    db: None, clock: Clock, state: str, days: int, counted: int
) -> None:
    placed = clock.now - timedelta(days=days)
    purchase = Purchase.objects.create(
        purchase_no="P1", buyer_id=1, place_key="k", quote_digest="d", state="paid", method="wechatpay",
        total_minor=100, currency="CNY", placed_at=placed,
    )  # fmt: skip
    lines = [{"listing_id": 7, "quantity": 2}, {"listing_id": 7, "quantity": 3}]
    PurchaseShare.objects.create(
        purchase=purchase, share_no="P1-1", shop_id=3, buyer_id=1, state=state, state_at=placed, method="wechatpay",
        goods_minor=100, freight_minor=0, total_minor=100, currency="CNY", commission_bps=0, commission_vat_bps=0,
        commission_minor=0, summary={"lines": lines}, placed_at=placed,
    )  # fmt: skip
    assert count_sold(since=clock.now - demand.WINDOW) == ({(3, 7): counted} if counted else {})


def test_what_is_clicked_more_comes_first_among_equals(
    goods: Goods, shop_a: ShopContext, index_now: Callable[[], None], clock: Clock
) -> None:
    products = [goods.create(shop_a, title=Text("甲壶")) for _ in range(3)]
    goods.deliver()
    ids = [goods.listing_of(shop_a, product_id).pk for product_id in products]
    assert set_lifts({ids[1]: 40_000, ids[2]: 2_500}, now=clock.now) == 2
    assert set_lifts({ids[1]: 40_000, ids[2]: 2_500}, now=clock.now) == 0
    index_now()
    assert [card.listing_id for card in search(SearchQuery(words="甲壶")).hits] == [ids[1], ids[0], ids[2]]
    assert set_lifts({}, now=clock.now) == 2
    index_now()
    assert [card.listing_id for card in search(SearchQuery(words="甲壶")).hits] == ids[::-1]
