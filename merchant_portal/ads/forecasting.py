"""What a new campaign may expect of a day at its bid and some others: by words, or by places on pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # Any: template contexts are open by nature

from market.money import format_minor
from market.shops.contracts import Epochs
from merchant_portal.ads.audiences import read_audiences, say_reach
from merchant_portal.ads.typed import Typed
from search.auction.contracts.units import LARGEST_BID_MINOR, PPM
from search.campaigns.contracts import CampaignKind, Charge, DayForecast
from search.campaigns.selectors import find_reach, forecast_words
from search.reports.contracts.forecasts import DisplayOutlook, Span
from search.reports.selectors import forecast_places
from search.serving.rules.traffic import measure_hours

LEAST_MINOR = 5


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be bid, for what, the budget of a day, and the hours of the week that were chosen."""

    bid_minor: int
    charge: Charge
    budget_minor: int
    hours: int


@dataclass(frozen=True, slots=True)
class BidForecast:
    """A bid and the day it would bring."""

    bid_minor: int
    day: DayForecast
    is_own: bool


@dataclass(frozen=True, slots=True)
class BidOutlook:
    """A bid for places and the day it would bring, from the lower to the higher; nothing where it is not shown."""

    bid_minor: int
    is_own: bool
    is_shown: bool
    views: str
    clicks: str
    cost: str
    limited: bool


def forecast_offer(typed: Typed, offer: Offer, *, shop_id: int, epochs: Epochs, now: datetime) -> dict[str, Any]:
    """What the page shows of it, for the people and the hours that the campaign is for."""
    audiences, regions = read_audiences(typed.asked.getlist("audience")), typed.asked.getlist("regions")
    reach = find_reach(shop_id=shop_id, audiences=audiences, regions=regions, now=now)
    in_hours_ppm = measure_hours(offer.hours)
    share_ppm = reach.share_ppm * in_hours_ppm // PPM
    said = {
        "reach": say_reach(reach) if audiences or regions else "",
        "hours_percent": "" if in_hours_ppm == PPM else f"{max(1, round(in_hours_ppm / 10_000))}%",
    }
    bids = _list_bids(offer.bid_minor)
    if typed.kind is CampaignKind.KEYWORD:
        days = forecast_words(
            shop_id=shop_id,
            words=typed.drafts,
            bids_minor=bids,
            daily_budget_minor=offer.budget_minor,
            now=now,
            share_ppm=share_ppm,
        )
        rows = [BidForecast(bid, day, bid == offer.bid_minor) for bid, day in zip(bids, days, strict=True)]
        return {**said, "forecasts": rows}
    outlooks = forecast_places(
        shop_id=shop_id,
        product_ids=typed.product_ids,
        has_pictures=bool(typed.creative_ids),
        bids_minor=bids,
        charge=offer.charge,
        daily_budget_minor=offer.budget_minor,
        now=now,
        epochs=epochs,
        share_ppm=share_ppm,
    )
    return {**said, **_show_outlooks(outlooks, offer.bid_minor)}


def _list_bids(bid_minor: int) -> list[int]:
    steps = {max(LEAST_MINOR, bid_minor // 2), bid_minor, bid_minor * 3 // 2, bid_minor * 2}
    return sorted(bid for bid in steps if bid <= LARGEST_BID_MINOR)


def _show_outlooks(outlooks: Sequence[DisplayOutlook], own_minor: int) -> dict[str, Any]:
    if not outlooks or not outlooks[0].is_known:
        return {}
    rows = [
        BidOutlook(
            bid_minor=one.bid_minor,
            is_own=one.bid_minor == own_minor,
            is_shown=one.views.high > 0,
            views=_print_span(one.views),
            clicks=_print_span(one.clicks),
            cost=_print_span(one.cost_minor, is_money=True),
            limited=one.limited,
        )
        for one in outlooks
    ]
    return {"outlooks": rows, "days": outlooks[0].days}


def _print_span(span: Span, *, is_money: bool = False) -> str:
    ends = [format_minor(end).removesuffix(".00") if is_money else f"{end:,}" for end in (span.low, span.high)]
    return "–".join(dict.fromkeys(ends))
