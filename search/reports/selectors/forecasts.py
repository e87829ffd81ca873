"""What a display campaign may expect of a day: how often places were seen in 28 days, and what others bid now."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum

from billing.settlement.services.days import business_date
from market.shops.contracts import Epochs
from search.auction.contracts.units import PPM
from search.campaigns.contracts import CampaignKind, Charge, PageKind
from search.campaigns.models import Ad, Campaign
from search.campaigns.selectors import get_floors
from search.campaigns.selectors.shelves import SHELVES, list_ads_of_trades, map_rival_ecpms
from search.listings.keeping import Memory
from search.listings.selectors import list_advertised
from search.reports.contracts.forecasts import DisplayOutlook
from search.reports.models import AdCount
from search.reports.rules.forecasting import PLACES, SeenDay, forecast_days
from search.serving.rules.usual import ALL, FIRST_GUESS
from search.serving.selectors.tables import map_facts

DAYS = 28
_KEPT = timedelta(minutes=10)
_seen: Memory[tuple[SeenDay, ...]] = Memory(200)


def forecast_places(
    *,
    shop_id: int,
    product_ids: Collection[int],
    has_pictures: bool,
    bids_minor: Sequence[int],
    charge: Charge,
    daily_budget_minor: int,
    now: datetime,
    epochs: Epochs,
    share_ppm: int = PPM,
) -> list[DisplayOutlook]:
    """A day of a new display campaign at each of several bids: five statements, or four while the views are known.

    Goods are shown on home and product pages, and on pages of their categories; of these, views on shelves count that
    began with goods of the same uppermost category. Pictures of one's own (`has_pictures`) are shown on all pages.
    """
    goods = list_advertised([(shop_id, product_id) for product_id in sorted(product_ids)], epochs=epochs)
    trades = tuple(sorted({one.category_ids[0] for one in goods if one.category_ids}))
    usual = {ALL: FIRST_GUESS, **map_facts([])[0].usual}
    click_rate_ppm = usual.get(trades[0] if len(trades) == 1 else ALL, usual[ALL]).click.rate_ppm
    rivals = map_rival_ecpms(
        shop_id=shop_id, trades=trades, anywhere=has_pictures, click_rate_ppm=click_rate_ppm, today=business_date(now)
    )
    floors = get_floors()
    days = _read_days(trades, has_pictures, now)
    return [
        forecast_days(
            days,
            rivals,
            {page: floors.find(page, Charge.MILLE) for page in SHELVES},
            bid_minor=bid_minor,
            by_click=charge is Charge.CLICK,
            budget_minor=daily_budget_minor,
            click_rate_ppm=click_rate_ppm,
            share_ppm=share_ppm,
        )
        for bid_minor in bids_minor
    ]


def _read_days(trades: tuple[int, ...], has_pictures: bool, now: datetime) -> tuple[SeenDay, ...]:
    """The whole days from the first one on that an ad was seen on, at most 28, kept for ten minutes."""
    key = (int(now.timestamp() // _KEPT.total_seconds()), trades, has_pictures)
    known = _seen.find(key)
    return known if known is not None else _seen.keep(key, tuple(_count_days(trades, has_pictures, business_date(now))))


def _count_days(trades: Collection[int], has_pictures: bool, today: date) -> list[SeenDay]:
    rows = AdCount.objects.filter(
        day__range=(today - timedelta(days=DAYS), today - timedelta(days=1)),
        place__range=(1, PLACES),
        page__in=[page.value for page in SHELVES],
        campaign_id__in=Campaign.objects.filter(kind=CampaignKind.DISPLAY.value).values("pk"),
    )
    if not has_pictures:
        near = Ad.objects.filter(list_ads_of_trades(trades)).values("pk")
        rows = rows.filter(~Q(page=PageKind.CATEGORY.value) | Q(ad_id__in=near))
    sums = rows.values("day", "page", "place").annotate(all=Sum("views")).order_by()
    seen: dict[date, dict[PageKind, list[int]]] = defaultdict(lambda: {page: [0] * PLACES for page in SHELVES})
    for day, page, place, views in sums.values_list("day", "page", "place", "all"):
        seen[day][PageKind(page)][place - 1] = int(views)
    if not seen:
        return []
    return [seen[today - timedelta(days=back)] for back in range((today - min(seen)).days, 0, -1)]
