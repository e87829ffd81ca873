"""Counting qualities: what was seen and clicked of each ad, and what buying there was like, in 28 days."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from billing.checkout.contracts import ShareOutcomes
from billing.checkout.selectors import count_outcomes
from billing.settlement.services.days import business_date
from market.shops.selectors import read_epochs
from search.auction.contracts import QualityFacts, Tally, TokenKind
from search.auction.contracts.units import MOST_PLACES
from search.auction.quality import CURRENT
from search.auction.versions import get_weights
from search.campaigns.contracts import AdvertisedThing
from search.campaigns.selectors import list_advertised_things
from search.listings.selectors import list_advertised
from search.serving.contracts import Product
from search.serving.models import AdCounts, QualityRun
from search.serving.rules.scoring import UNKNOWN
from search.serving.rules.usual import ALL, Counted, find_usual, pack_usual
from search.serving.services.alone import COUNTING, try_alone
from search.spending.selectors import count_by_place

LOOKED_BACK = timedelta(days=28)
SHIP_WITHIN = timedelta(hours=48)
"""Sent in time is what is sent within two days of the order: no shop promises a time of its own yet."""

RUNS_KEPT = timedelta(days=40)
"""Longer than decisions are, which name them."""

_BATCH = 1_000


@transaction.atomic(durable=True)
def count_qualities(now: datetime, *, orders: Mapping[int, int] | None = None) -> int:
    """Count anew what was seen, clicked and bought of each ad in 28 days; the next version.

    `orders` says how many orders each ad's clicks led to, which only reports know. Counted are all ads with a view or
    click, and all that run. Returns how many.
    """
    if not try_alone(COUNTING):
        return 0
    clicks, views = _count_events(now)
    outcomes = count_outcomes(since=now - LOOKED_BACK, now=now, ship_within=SHIP_WITHIN)
    things = list_advertised_things({*clicks, *views})
    trades = _map_trades(things)
    counted = {
        one.ad_id: Counted(
            trades.get((one.shop_id, one.product_id or 0), ALL),
            one.shop_id,
            one.product_id,
            _make_facts(one, clicks.get(one.ad_id, 0), views.get(one.ad_id, []), (orders or {}), outcomes),
        )
        for one in things
    }
    AdCounts.objects.all().delete()
    AdCounts.objects.bulk_create(_make_rows(counted), batch_size=_BATCH)
    QualityRun.objects.filter(computed_at__lt=now - RUNS_KEPT).delete()
    usual = find_usual(counted.values(), get_weights())
    QualityRun.objects.create(computed_at=now, ads=len(counted), rules_version=CURRENT, usual=pack_usual(usual))
    return len(counted)


def _count_events(now: datetime) -> tuple[dict[int, int], dict[int, list[int]]]:
    clicks: dict[int, int] = defaultdict(int)
    views: dict[int, list[int]] = defaultdict(list)
    for count in count_by_place(since=business_date(now - LOOKED_BACK)):
        if count.kind is not TokenKind.VIEW:
            clicks[count.ad_id] += count.events
        elif count.place <= MOST_PLACES:
            by_place = views[count.ad_id]
            by_place.extend([0] * (count.place - len(by_place)))
            by_place[count.place - 1] += count.events
    return clicks, views


def _map_trades(things: Iterable[AdvertisedThing]) -> dict[Product, int]:
    """The uppermost categories of advertised goods that can be shown."""
    products = sorted({(one.shop_id, one.product_id) for one in things if one.product_id is not None})
    shown = list_advertised(products, epochs=read_epochs())
    return {(one.shop_id, one.product_id): one.category_ids[0] for one in shown if one.category_ids}


def _make_facts(
    thing: AdvertisedThing, clicks: int, views: list[int], orders: Mapping[int, int], outcomes: ShareOutcomes
) -> QualityFacts:
    sold, refunded = outcomes.goods.get((thing.shop_id, thing.product_id or 0), (0, 0))
    due, on_time = outcomes.sent.get(thing.shop_id, (0, 0))
    return QualityFacts(
        clicks=clicks,
        views_by_place=tuple(views),
        relevance_ppm=0,
        conversions=Tally(min(clicks, orders.get(thing.ad_id, 0)), clicks),
        refunds=Tally(refunded, sold),
        good_reviews=UNKNOWN.good_reviews,
        on_time=Tally(on_time, due),
    )


def _make_rows(counted: Mapping[int, Counted]) -> list[AdCounts]:
    return [
        AdCounts(
            ad_id=ad_id,
            clicks=facts.clicks,
            views_by_place=list(facts.views_by_place),
            orders=facts.conversions.hits,
            sold=facts.refunds.trials,
            refunded=facts.refunds.hits,
            due=facts.on_time.trials,
            on_time=facts.on_time.hits,
        )
        for ad_id, facts in ((pk, one.facts) for pk, one in sorted(counted.items()))
    ]
