"""Shelves of ads that are paid per sale: chosen out of a table in memory, each shown with a token that costs nothing.

They are no part of the auctions: those order by bids and charge by the next one; an ad without a bid would move both.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import connections
from django.db.models import Count, Sum
from django.db.utils import DatabaseError, InterfaceError
from django.utils import timezone

from billing.settlement.services.days import business_date
from billing.wallets.selectors import list_owing_shops
from market.shops.selectors import read_epochs
from search.auction.ad_tokens import compute_expiry, sign_token
from search.auction.commissions import choose_offers, estimate_conversion
from search.auction.contracts import SaleOffer, ShownAd, TokenKind
from search.campaigns.contracts import CampaignKind, CampaignState, PageKind
from search.campaigns.models import AdvertiserLimit, Campaign
from search.listings.selectors import list_cards
from search.listings.selectors.advertised import list_advertised
from search.per_sale.contracts import PLACES
from search.per_sale.models import AttributedSale, PlanVersion
from search.reports.models import AdCount
from search.serving.contracts import ShownLine
from search.serving.services import get_server
from search.serving.services.holding_out import find_holdout
from search.spending.contracts import DecisionLine, StoredDecision
from search.spending.rules.days import number_day
from search.spending.services import get_key_ring

log = structlog.get_logger(__name__)

READ_SECONDS = 5.0
"""How old the table may be: so long a plan that was stopped may still be shown; its clicks count no more at once."""

LOOKED_BACK = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleAsk:
    """A page that asks: nearer goods come first; on a product's page goods of another trade not at all. Shops that
    are `taken` have an ad on the page already."""

    page: PageKind
    category_id: int | None = None
    trade_id: int | None = None
    product: tuple[int, int] | None = None
    person: str = ""
    network: str = ""
    taken: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Held:
    """A product of a running plan that can be bought now."""

    ad_id: int
    campaign_id: int
    group_id: int
    shop_id: int
    product_id: int
    listing_id: int
    category_ids: tuple[int, ...]
    rate_bps: int
    price_minor: int
    conversion_ppm: int


class _Table:
    """What this process holds. A page that finds it old lets a thread read it again, and goes on with what there is."""

    def __init__(self) -> None:
        self._held: tuple[_Held, ...] = ()
        self._read_at = -READ_SECONDS
        self._reading = threading.Lock()

    def read(self) -> tuple[_Held, ...]:
        is_old = time.monotonic() - self._read_at >= READ_SECONDS
        if is_old and settings.ADS_BACKGROUND and self._reading.acquire(blocking=False):
            threading.Thread(target=self._run, name="plans per sale", daemon=True).start()
        return self._held

    def load(self, now: datetime) -> None:
        self._held = tuple(_read_held(now))

    def forget(self) -> None:
        self._held, self._read_at = (), -READ_SECONDS

    def _run(self) -> None:
        try:
            self.load(timezone.now())
        except (DatabaseError, InterfaceError, OSError) as error:
            log.warning("ads.plans_not_read", error=type(error).__name__)
        except Exception:  # the edge of a thread: logged, and tried again when it is old
            log.exception("ads.plans_failed")
        finally:
            self._read_at = time.monotonic()
            connections.close_all()
            self._reading.release()


_table = _Table()


def choose_sales(*, ask: SaleAsk, now: datetime) -> list[ShownLine]:
    """The shelf of a page, signed; its decision is stored within a second. Empty where nothing fits."""
    if not settings.ADS_ON:
        return []
    near = {one.ad_id: (one, closeness) for one in _table.read() if (closeness := _find_closeness(one, ask)) >= 0}
    chosen = choose_offers([_to_offer(one, closeness) for one, closeness in near.values()], PLACES)
    if not chosen:
        return []
    shown = [near[offer.ad][0] for offer in chosen]
    decision = uuid4()
    server = get_server()
    server.start()
    is_held_out = find_holdout(ask.person, now)
    server.state.keep_decision(partial(_make_decision, ask, shown, decision, now, held_out=is_held_out))
    if is_held_out:  # who is held out of ads sees none of these either
        return []
    return [_show(one, place, decision, now) for place, one in enumerate(shown, start=1)]


def load_table(now: datetime) -> None:
    """Read what may be shown, in this thread."""
    _table.load(now)


def forget_table() -> None:
    """Hold nothing until it is read again."""
    _table.forget()


def _show(one: _Held, place: int, decision: UUID, now: datetime) -> ShownLine:
    return ShownLine(
        place=place,
        kind=CampaignKind.SALE,
        ad_id=one.ad_id,
        campaign_id=one.campaign_id,
        shop_id=one.shop_id,
        listing_id=one.listing_id,
        creative=None,
        click_token=_sign(TokenKind.SALE, one, place, decision, now),
        view_token=_sign(TokenKind.VIEW, one, place, decision, now),
    )


def _sign(kind: TokenKind, one: _Held, place: int, decision: UUID, now: datetime) -> str:
    """Neither a click nor a view costs anything: no price, and no lease to take it from."""
    shown = ShownAd(
        kind=kind,
        decision=decision,
        day=number_day(business_date(now)),
        ad=one.ad_id,
        place=place,
        price_micro=0,
        lease=0,
        expires_second=compute_expiry(kind, int(now.timestamp())),
    )
    return sign_token(shown, get_key_ring())


def _find_closeness(one: _Held, ask: SaleAsk) -> int:
    """2 in the category that is looked at, 1 in its trade, 0 where it does not matter, below for what does not fit."""
    if one.shop_id in ask.taken or (one.shop_id, one.product_id) == ask.product:
        return -1
    if ask.page is PageKind.HOME:
        return 0
    if ask.category_id in one.category_ids:
        return 2
    return 1 if ask.trade_id in one.category_ids else -1


def _to_offer(one: _Held, closeness: int) -> SaleOffer:
    return SaleOffer(
        ad=one.ad_id,
        merchant=one.shop_id,
        rate_bps=one.rate_bps,
        price_minor=one.price_minor,
        conversion_ppm=one.conversion_ppm,
        closeness=closeness,
    )


def _read_held(now: datetime) -> list[_Held]:
    """Running plans of shops that may advertise and owe nothing, with what is in stock of them."""
    blocked = AdvertiserLimit.objects.filter(blocked=True).values_list("shop_id", flat=True)
    plans = Campaign.plans.filter(state=CampaignState.RUNNING.value).exclude(shop_id__in=list(blocked))
    owing = list_owing_shops()
    rows = [row for row in plans.values_list("pk", "shop_id", "groups__pk") if row[1] not in owing]
    ids = [plan_id for plan_id, _, _ in rows]
    latest = PlanVersion.objects.filter(campaign_id__in=ids).order_by("campaign_id", "-number").distinct("campaign_id")
    versions = {version.campaign_id: version for version in latest}
    products = [(shop_id, int(pk)) for plan_id, shop_id, _ in rows for pk in versions[plan_id].goods]
    epochs = read_epochs()
    goods = {(one.shop_id, one.product_id): one for one in list_advertised(products, epochs=epochs) if one.in_stock}
    prices = _read_prices([one.listing_id for one in goods.values()])
    clicks, orders = _count_clicks(ids, now), _count_orders(ids, now)
    return [
        _Held(
            ad_id=ad_id,
            campaign_id=plan_id,
            group_id=group_id,
            shop_id=shop_id,
            product_id=int(pk),
            listing_id=known.listing_id,
            category_ids=known.category_ids,
            rate_bps=bps,
            price_minor=prices[known.listing_id],
            conversion_ppm=estimate_conversion(clicks=clicks.get(ad_id, 0), orders=orders.get(ad_id, 0)),
        )
        for plan_id, shop_id, group_id in rows
        for pk, (bps, _, _, ad_id) in versions[plan_id].goods.items()
        if (known := goods.get((shop_id, int(pk)))) and known.listing_id in prices
    ]


def _read_prices(listing_ids: Sequence[int]) -> dict[int, int]:
    step = 500
    return {
        card.listing_id: card.price_from_minor
        for start in range(0, len(listing_ids), step)
        for card in list_cards(listing_ids[start : start + step])
    }


def _count_clicks(plan_ids: Sequence[int], now: datetime) -> dict[int, int]:
    since = business_date(now - LOOKED_BACK)
    rows = AdCount.objects.filter(campaign_id__in=plan_ids, day__gte=since).values("ad_id").annotate(all=Sum("clicks"))
    return dict(rows.order_by().values_list("ad_id", "all"))


def _count_orders(plan_ids: Sequence[int], now: datetime) -> dict[int, int]:
    rows = AttributedSale.objects.filter(campaign_id__in=plan_ids, invalid_reason="", ordered_at__gte=now - LOOKED_BACK)
    return dict(rows.values("ad_id").annotate(all=Count("pk")).order_by().values_list("ad_id", "all"))


def _make_decision(
    ask: SaleAsk, shown: Sequence[_Held], decision: UUID, now: datetime, *, held_out: bool
) -> StoredDecision:
    return StoredDecision(
        decision_id=decision,
        day=business_date(now),
        decided_at=now,
        page=ask.page.value,
        query="",
        region="",
        auction="",
        person=ask.person,
        network=ask.network,
        lines=tuple(
            DecisionLine(
                ad_id=one.ad_id,
                campaign_id=one.campaign_id,
                group_id=one.group_id,
                keyword_id=None,
                shop_id=one.shop_id,
                product_id=one.product_id,
                place=place,
                kind=TokenKind.SALE,
                price_micro=0,
                inputs="",
            )
            for place, one in enumerate(shown, start=1)
        ),
        held_out=held_out,
    )
