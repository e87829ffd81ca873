"""Qualities out of what was seen, clicked, bought, sent back and sent in time; what is usual in a category."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from billing.checkout.contracts import CartOwner, Offer
from billing.checkout.models import PurchaseShare
from billing.checkout.selectors import count_outcomes
from billing.checkout.services import PlaceRequest, add_line, place_purchase, quote_cart, ship_share
from market.shops.contracts import ShopContext
from market.shops.selectors import read_epochs
from market.shops.tenancy import enter_shop
from search.auction.contracts import Tally
from search.auction.quality import QUALITY_RULES, expect_click_rate
from search.auction.versions import get_weights
from search.campaigns.selectors import list_ads
from search.reports.tasks import count_qualities as count_by_timer
from search.serving.contracts import QualityTable, QualityView
from search.serving.models import QualityRun
from search.serving.rules.scoring import UNKNOWN, Scores
from search.serving.rules.usual import ALL, FIRST_GUESS, STRENGTHS, Counted, find_usual, pack_usual, unpack_usual
from search.serving.selectors import get_quality_table, map_qualities
from search.serving.services import count_qualities
from tenants.orders.contracts import PaymentMethod, ShipTo
from tenants.orders.selectors import get_order
from tests.conftest import Clock
from tests.fixtures.api import list_product
from tests.fixtures.serving import advertise

HOME = ShipTo("沈小禾", "+8613812346021", "浙江省 杭州市 西湖区", "文三路1号", "310000")
DAYS_2 = timedelta(days=2)


def test_the_current_rules_leave_reviews_out_and_the_old_ones_stay() -> None:
    assert (QUALITY_RULES[2].good_review_bps, QUALITY_RULES[1].good_review_bps) == (0, 2_000)


def test_a_category_is_drawn_towards_the_market_and_the_market_towards_a_first_guess() -> None:
    weights = get_weights()
    loved = _counted(trade=1, shop=1, product=1, clicks=2_000, views=(10_000,))
    quiet = _counted(trade=2, shop=2, product=2, clicks=0, views=(0, 10_000))
    usual = find_usual([loved, quiet], weights)
    guess = replace(FIRST_GUESS.click, strength=STRENGTHS["click"])
    market = expect_click_rate(2_000, (10_000, 10_000), guess, weights)
    assert usual[ALL].click.rate_ppm == market
    towards = replace(guess, rate_ppm=market)
    assert usual[1].click.rate_ppm == expect_click_rate(2_000, (10_000,), towards, weights) > market
    assert usual[2].click.rate_ppm == expect_click_rate(0, (0, 10_000), towards, weights) < market
    assert usual[1].click.strength == FIRST_GUESS.click.strength, "an ad is drawn towards it as strongly as before"
    assert unpack_usual(pack_usual(usual)) == usual


def test_goods_and_shops_count_once_in_what_is_usual_however_many_ads_they_have() -> None:
    one = _counted(trade=1, shop=1, product=1, refunds=Tally(5, 10), on_time=Tally(9, 10))
    alone, thrice = find_usual([one], get_weights()), find_usual([one] * 3, get_weights())
    assert (alone[1].refund, alone[1].on_time) == (thrice[1].refund, thrice[1].on_time)


def test_new_ads_of_different_categories_begin_with_what_is_usual_there() -> None:
    loved = _counted(trade=1, shop=1, product=1, clicks=900, views=(3_000,))
    ignored = _counted(trade=2, shop=2, product=2, clicks=1, views=(3_000,))
    table = QualityTable(version=3, usual=find_usual([loved, ignored], get_weights()))
    scores = Scores(table)
    assert scores.find(7, 1_000_000, 1).value > scores.find(7, 1_000_000, 2).value
    assert scores.find(7, 1_000_000, 99) == scores.find(7, 1_000_000), "an unknown category is the whole market"


def test_orders_that_go_back_and_parcels_that_wait_lower_an_ads_quality(
    committed_db: None, make_shop: Callable[..., ShopContext], clock: Clock
) -> None:
    good, bad = (_open(make_shop, number, clock) for number in (1, 2))
    for number in range(8):
        for shop in (good, bad):
            share_no = _buy(shop, number, clock)
            if shop is good:
                ship_share(
                    shop_id=shop[0].shop_id, share_no=share_no, carrier="SF", tracking_number=str(number), actor_id=1,
                    now=clock.now + timedelta(hours=40),
                )  # fmt: skip
    shares = PurchaseShare.objects.filter(shop_id=bad[0].shop_id).order_by("pk").values_list("pk", flat=True)
    PurchaseShare.objects.filter(pk__in=shares[:4]).update(state="refunded")
    later = clock.now + timedelta(days=3)
    outcomes = count_outcomes(since=clock.now - timedelta(days=28), now=later, ship_within=DAYS_2)
    assert outcomes.sent == {good[0].shop_id: (8, 8), bad[0].shop_id: (4, 0)}
    assert outcomes.goods[(bad[0].shop_id, bad[1])] == (4, 4), "cash on delivery is sold once it is sent"
    count_qualities(later)
    table = get_quality_table()
    assert table.rules_version == max(QUALITY_RULES) == QualityRun.objects.get().rules_version
    views = [_view(shop, campaign) for shop, _, campaign in (good, bad)]
    assert views[0].experience_ppm > 1_000_000 > views[1].experience_ppm
    assert views[0].on_time.tally == Tally(8, 8) and views[1].on_time.tally == Tally(0, 4)
    assert views[1].refund.tally == Tally(4, 4) and views[1].refund.rate_ppm > views[1].refund.usual_ppm
    assert views[0].shown > views[1].shown and views[0].version == table.version


def test_a_second_parcel_does_not_move_when_an_order_was_sent(
    committed_db: None, make_shop: Callable[..., ShopContext], clock: Clock
) -> None:
    shop = _open(make_shop, 1, clock)
    share_no = _buy(shop, 1, clock, pieces=2)
    first = clock.now + timedelta(hours=1)
    (line,) = _lines(shop[0], share_no)
    for number, at in ((1, first), (2, clock.now + timedelta(days=9))):
        ship_share(
            shop_id=shop[0].shop_id, share_no=share_no, carrier="SF", tracking_number=str(number),
            contents=[(line, 1)], actor_id=1, now=at,
        )  # fmt: skip
    assert PurchaseShare.objects.get(share_no=share_no).shipped_at == first


def test_the_timer_counts_without_anything_to_count(committed_db: None, clock: Clock) -> None:
    assert count_by_timer(clock.now) == 0
    assert get_quality_table().usual[ALL] == FIRST_GUESS


def _counted(*, trade: int, shop: int, product: int, views: tuple[int, ...] = (), **facts: object) -> Counted:
    return Counted(trade, shop, product, replace(UNKNOWN, views_by_place=views, **facts))  # type: ignore[arg-type]


def _open(make_shop: Callable[..., ShopContext], number: int, clock: Clock) -> tuple[ShopContext, int, int]:
    shop = make_shop(f"shop{number}", owner_id=920_000 + number)
    offer, _ = list_product(shop, sku="MUG")
    campaign = advertise(offer, "马克杯", now=clock.now)
    _offers[shop.shop_id] = offer
    return shop, offer.product_id, campaign


_offers: dict[int, Offer] = {}


def _buy(shop: tuple[ShopContext, int, int], number: int, clock: Clock, pieces: int = 1) -> str:
    owner = CartOwner(user_id=1_000 + number)
    add_line(owner=owner, offer=_offers[shop[0].shop_id], quantity=pieces, now=clock.now)
    digest = quote_cart(owner=owner).digest
    request = PlaceRequest(1_000 + number, f"{shop[0].shop_id}-{number}", digest, PaymentMethod.COD, HOME, {})
    return place_purchase(request=request, now=clock.now).shares[0].share_no


def _lines(shop: ShopContext, share_no: str) -> list[int]:
    with transaction.atomic(), enter_shop(shop):
        return [line.line_id for line in get_order(share_no).lines]


def _view(shop: ShopContext, campaign_id: int) -> QualityView:
    ads = list_ads(shop_id=shop.shop_id, campaign_id=campaign_id)
    (found,) = map_qualities(shop_id=shop.shop_id, ads=ads, words=["马克杯"], epochs=read_epochs()).values()
    return found
