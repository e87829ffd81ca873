"""The demo's fixed places: who topped up, bid and won; so today's home page is sold, and tomorrow's takes bids.

Money came through the provider three weeks ago and is settled: nothing of it waits to be reconciled. Bids are made and
lots closed by the services that merchants and timers use.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from billing.settlement.services.days import business_date
from market.shops.contracts import ShopContext
from onebox.demo.banners import draw_banner
from onebox.demo.catalogue import DemoShop
from onebox.demo.topping_up import top_up
from search.campaigns.services import decide_creative, upload_creative
from search.slots.contracts import LotView
from search.slots.rules.usual import list_usual
from search.slots.selectors import list_calendar, list_slots
from search.slots.services import (
    close_due_lots,
    count_click,
    count_views,
    open_due_lots,
    place_lot_bid,
    save_slot,
    watch_running,
)

CASH_MINOR = 200_000
TOPPED_UP_BEFORE = timedelta(days=20)
OBJECTS = {400: 3, 200: 5}
"""How many goods a banner of a height shows."""

VISITS_AN_HOUR = 20
CLICKED_ONE_IN = 37
"""Of made-up visits to the home page."""


@dataclass(frozen=True, slots=True)
class DemoBidder:
    """A shop that bids for places: the line under its pictures, and what it offers for each, by the place's key."""

    slug: str
    line: str
    today: Mapping[str, int]
    tomorrow: Mapping[str, int]


BIDDERS = (
    DemoBidder(
        "qinghe",
        "一桌青瓷，慢慢喝茶",
        {"home-carousel-1": 42_000, "home-carousel-2": 22_000},
        {"home-carousel-1": 38_000},
    ),
    DemoBidder(
        "yedu",
        "纸与布，走到哪写到哪",
        {"home-carousel-1": 33_000, "home-carousel-2": 29_000},
        {"home-carousel-2": 26_000},
    ),
    DemoBidder("beian", "天黑以后，点一盏灯", {"home-banner-1": 15_000}, {"home-carousel-1": 30_000}),
    DemoBidder(
        "shanjian", "今年的春茶到了", {"home-banner-1": 11_000, "home-banner-2": 12_500}, {"home-banner-1": 9_000}
    ),
)


def load_lots(
    shops: Sequence[ShopContext],
    catalogue: Sequence[DemoShop],
    *,
    staff_id: int,
    now: datetime,
    progress: Callable[[str, int, int], None],
) -> int:
    """Set the usual places up and sell what runs today, unless there are places. Returns how many lots have a bid."""
    if list_slots():
        return 0
    known = {shop.slug: shop for shop in shops}
    goods = {shop.slug: shop for shop in catalogue}
    bidders = [one for one in BIDDERS if one.slug in known]
    began = _begin_of_day(now) - timedelta(hours=12)
    for number, one in enumerate(bidders, start=1):
        top_up(known[one.slug], amount_minor=CASH_MINOR, key="demo", staff_id=staff_id, at=now - TOPPED_UP_BEFORE)
        progress("places", number, len(bidders) + 1)
    for terms in list_usual():
        save_slot(slot_id=0, terms=terms, actor_id=staff_id, now=began)
    open_due_lots(now=began)
    pictures = {
        (one.slug, height): _draw(known[one.slug], goods[one.slug], one.line, height, staff_id, began)
        for one in bidders
        for height in OBJECTS
    }
    today = _list_lots(_begin_of_day(now))
    made = _bid_all(bidders, known, pictures, today, lambda one: one.today, began)
    close_due_lots(now=_begin_of_day(now) - timedelta(minutes=1))
    _watch_until(now)
    _look_until(now, _list_lots(_begin_of_day(now)).values())
    open_due_lots(now=now)
    made += _bid_all(bidders, known, pictures, _list_coming(now), lambda one: one.tomorrow, now)
    progress("places", len(bidders) + 1, len(bidders) + 1)
    return made


def _begin_of_day(now: datetime) -> datetime:
    day = business_date(now)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.BUSINESS_TIME_ZONE))


def _list_lots(starts_at: datetime) -> dict[str, LotView]:
    """The lots that begin then, by the keys of their places."""
    lots = list_calendar(since=starts_at, until=starts_at + timedelta(hours=1))
    return {lot.slot.terms.key: lot for lot in lots if lot.span.starts_at == starts_at}


def _list_coming(now: datetime) -> dict[str, LotView]:
    """Tomorrow's lots; late in the evening, when their bids have ended, those of the day after."""
    for days in (1, 2):
        lots = _list_lots(_begin_of_day(now) + timedelta(days=days))
        if lots and all(lot.takes_bids(now + timedelta(minutes=1)) for lot in lots.values()):
            return lots
    return {}


def _draw(shop: ShopContext, goods: DemoShop, line: str, height: int, staff_id: int, at: datetime) -> int:
    """A banner of different goods of the shop, looked at by staff."""
    specs = {one.pictures[0].spec.drawing: one.pictures[0].spec for one in goods.products}
    creative_id = upload_creative(
        shop=shop,
        title=line,
        content=draw_banner(list(specs.values())[: OBJECTS[height]], height=height),
        file_name=f"{shop.slug}-{height}.svg",
        landing=f"/shop/{shop.slug}/",
        actor_id=shop.owner_id,
        now=at,
        trusted_svg=True,
    )
    decide_creative(creative_id=creative_id, approved=True, reason="", actor_id=staff_id, now=at)
    return creative_id


def _bid_all(
    bidders: Sequence[DemoBidder],
    shops: Mapping[str, ShopContext],
    pictures: Mapping[tuple[str, int], int],
    lots: Mapping[str, LotView],
    offers: Callable[[DemoBidder], Mapping[str, int]],
    at: datetime,
) -> int:
    made = 0
    for number, one in enumerate(bidders):
        for key, offer_minor in offers(one).items():
            if key in lots:
                place_lot_bid(
                    lot_id=lots[key].lot_id,
                    shop_id=shops[one.slug].shop_id,
                    maximum_minor=offer_minor,
                    creative_id=pictures[one.slug, lots[key].slot.terms.height],
                    actor_id=shops[one.slug].owner_id,
                    now=at + timedelta(seconds=number),
                )
                made += 1
    return made


def _watch_until(now: datetime) -> None:
    """What the timer does every minute: look whether what is sold can be shown."""
    minute = _begin_of_day(now)
    while minute < now:
        watch_running(now=minute)
        minute += timedelta(minutes=1)


def _look_until(now: datetime, lots: Collection[LotView]) -> None:
    """Visitors of every hour since midnight who saw what is sold; now and then one clicked."""
    sold = [lot.lot_id for lot in lots if lot.shop_id is not None]
    step = timedelta(hours=1) / VISITS_AN_HOUR
    visits = (now - _begin_of_day(now)) // step if sold else 0
    for number in range(visits):
        at = _begin_of_day(now) + number * step
        seen = sold[: 1 + number % len(sold)]
        count_views(lot_ids=seen, now=at)
        if not number % CLICKED_ONE_IN:
            count_click(lot_id=seen[-1], now=at)
