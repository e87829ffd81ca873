"""What a display campaign may expect of a day: out of counted days, between quartiles, and nothing out of nothing."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db import transaction

from billing.settlement.services.days import business_date
from market.shops.selectors import read_epochs
from search.campaigns.contracts import CampaignKind, Charge, PageKind
from search.campaigns.models import Ad
from search.listings.models import Listing
from search.reports.contracts import Cell, Sums
from search.reports.contracts.forecasts import DisplayOutlook, Span
from search.reports.rules.forecasting import LEAST_DAYS, SeenDay, find_parts, forecast_days, round_figures
from search.reports.selectors import forecast_places
from search.reports.services.adding import add_sums
from tests.search.campaigns.conftest import Advertiser, advertise, alpha, beta  # noqa: F401 - fixtures
from tests.search.listings.conftest import fresh_memory, goods  # noqa: F401 - fixtures

HOME, CATEGORY, PRODUCT = PageKind.HOME, PageKind.CATEGORY, PageKind.PRODUCT
FLOORS = dict.fromkeys((HOME, CATEGORY, PRODUCT), 200)


def look_ahead(
    days: Sequence[SeenDay], *, bid: int = 1_000, budget: int = 100_000, share_ppm: int = 1_000_000
) -> DisplayOutlook:
    return forecast_days(
        days,
        {HOME: [500]},
        FLOORS,
        bid_minor=bid,
        by_click=False,
        budget_minor=budget,
        click_rate_ppm=50_000,
        share_ppm=share_ppm,
    )


def test_days_differ_and_the_middle_half_of_them_is_told() -> None:
    days = [{HOME: (views,)} for views in (1, 1_000, 1_000, 2_000, 3_000, 3_000, 3_000, 90_000)]
    found = look_ahead(days)
    assert (found.days, found.is_known) == (8, True)
    assert (found.views, found.clicks) == (Span(1_000, 3_000), Span(50, 150))
    assert found.cost_minor == Span(510, 1_500), "5.10 a thousand: a step above the next; to two figures"
    assert look_ahead(days, share_ppm=500_000).views == Span(500, 1_500)


def test_few_days_are_no_forecast() -> None:
    assert not look_ahead([]).is_known and look_ahead([]).views == Span(0, 0)
    assert not look_ahead([{HOME: (1_000,)}] * (LEAST_DAYS - 1)).is_known


def test_a_bid_that_is_too_low_is_shown_nowhere_and_one_that_is_too_dear_ends_with_the_budget() -> None:
    days = [{HOME: (1_000,)}] * 5
    assert look_ahead(days, bid=199).views == Span(0, 0)
    short = look_ahead(days, budget=255)
    assert (short.limited, short.views, short.cost_minor) == (True, Span(500, 500), Span(260, 260))


def test_places_are_weighed_by_shelves_on_which_they_were_taken() -> None:
    days = [{HOME: (1_000, 0, 0), PRODUCT: (100, 80, 0)}, {HOME: (1_000, 400, 300)}]
    first, second, third, *rest = find_parts(days)
    assert (first, second, third) == (1_000_000, 480 * 1_000_000 // 1_100, 300_000)
    assert set(rest) == {third}, "never taken: as good as the one before"
    assert set(find_parts([])) == {1_000_000}


@pytest.mark.parametrize(
    ("number", "rounded"), [(0, 0), (7, 7), (99, 99), (125, 130), (1_234, 1_200), (99_500, 100_000)]
)
def test_figures_say_no_more_than_is_known(number: int, rounded: int) -> None:
    assert round_figures(number) == rounded


@pytest.fixture
def seen(beta: Advertiser) -> Callable[..., int]:  # noqa: F811
    """Beta's display campaign, seen so often on each of the days from the first one back."""
    campaign_id = beta.run(kind=CampaignKind.DISPLAY, group={"words": (), "bid_minor": 730, "charge": Charge.MILLE})
    ad = Ad.objects.get(group__campaign_id=campaign_id)

    def see(page: PageKind, views: int, days: int, *, first: int = 1, place: int = 1) -> int:
        cells = {
            Cell(
                day=business_date(beta.clock.now) - timedelta(days=back), hour=9, shop_id=beta.shop.shop_id,
                campaign_id=campaign_id, group_id=ad.group_id, ad_id=ad.pk, keyword_id=0, place=place,
                page=page.value, region="", term="",
            ): Sums(views=views)
            for back in range(first, days + 1)
        }  # fmt: skip
        with transaction.atomic():
            add_sums(cells)
        return campaign_id

    return see


def place(who: Advertiser, *, bid: int = 1_000, pictures: bool = False) -> DisplayOutlook:
    (found,) = forecast_places(
        shop_id=who.shop.shop_id,
        product_ids=[who.product_id],
        has_pictures=pictures,
        bids_minor=[bid],
        charge=Charge.MILLE,
        daily_budget_minor=100_000,
        now=who.clock.now,
        epochs=read_epochs(),
    )
    return found


def put_in(who: Advertiser, *category_ids: int) -> None:
    Listing.objects.filter(shop_id=who.shop.shop_id).update(category_ids=list(category_ids))


def test_views_of_a_trade_count_for_goods_of_it_and_all_for_pictures(alpha, beta, seen) -> None:  # noqa: F811
    seen(HOME, 1_000, 5)
    seen(CATEGORY, 400, 5)
    put_in(beta, 1, 11)
    put_in(alpha, 1, 12)
    near = place(alpha)
    assert (near.days, near.is_known, near.views) == (5, True, Span(1_400, 1_400))
    alpha.clock.move(minutes=11)
    put_in(alpha, 2, 21)
    assert place(alpha).views == Span(1_000, 1_000), "another trade's pages do not show these goods"
    assert place(alpha, pictures=True).views == Span(1_400, 1_400)


def test_others_bids_are_known_on_a_ladder_only(alpha, beta, seen) -> None:  # noqa: F811
    """7.30 is told as 10.00, so one bid finds out no more than that it lies between two rungs."""
    seen(HOME, 1_000, 5)
    seen(HOME, 300, 5, place=2)
    assert {place(alpha, bid=bid).views for bid in (690, 730, 740, 1_000)} == {Span(300, 300)}
    above = place(alpha, bid=1_020)
    assert (above.views, above.cost_minor) == (Span(1_000, 1_000), Span(1_000, 1_000))


def test_nothing_counted_is_nothing_known(alpha) -> None:  # noqa: F811
    found = place(alpha)
    assert (found.days, found.is_known, found.views) == (0, False, Span(0, 0))


def test_today_and_ones_own_bids_do_not_count(alpha, beta, seen) -> None:  # noqa: F811
    seen(HOME, 1_000, 5)
    seen(HOME, 70_000, 0, first=0)
    assert place(alpha).days == 5, "a day that is not over says too little"
    assert place(beta, bid=300).views == Span(1_000, 1_000), "nobody else bids"
    assert place(alpha, bid=300).views == Span(1_000, 1_000), "the second place, never taken yet: as good as the first"
