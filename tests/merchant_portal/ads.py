"""A month of advertising for pages: two campaigns with words, counted cells and credited sales."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from django.db import transaction
from django.utils import timezone

from billing.settlement.services.days import business_date
from market.shops.contracts import ShopContext
from search.auction.contracts import MatchType, TouchKind
from search.campaigns.contracts import CampaignDraft, CampaignKind, Charge, GroupDraft, WordDraft
from search.campaigns.models import Ad, Keyword
from search.campaigns.services import create_campaign
from search.listings.services import refresh_shop
from search.reports.contracts import BoughtLine, Cell, SoldShare, Sums, TouchedAd
from search.reports.services import credit_sale
from search.reports.services.adding import add_sums
from tests.fixtures.api import list_product
from tests.fixtures.goods import stock_product

WORDS = MappingProxyType(
    {
        "马克杯·搜索词": ("马克杯", "陶瓷 马克杯", "茶杯"),
        "送礼茶器·人群": ("茶具", "送礼"),
    }
)
REGIONS = ("33", "44", "51", "")
DAYS = 30


@dataclass(frozen=True)
class Advertised:
    """What there is to look at."""

    campaign_ids: tuple[int, ...]
    clicks: int


def advertise(shop: ShopContext, now: datetime) -> Advertised:
    """Campaigns, and a month of what came of them, today included."""
    chance = random.Random(3)
    offer = stock_product(shop, pieces=90, title="青釉拼色马克杯")
    refresh_shop(shop_id=shop.shop_id, now=now)
    campaigns = [_start(shop, name, offer.product_id, now) for name in WORDS]
    cells = list(_list_cells(shop, campaigns, now, chance))
    counted: dict[Cell, Sums] = {}
    for cell in cells:
        counted[cell] = counted.get(cell, Sums()) + _draw_sums(chance)
    with transaction.atomic():
        add_sums(counted)
    for number, cell in enumerate(chance.sample(cells, 40)):
        _sell(cell, number, offer.product_id, now)
    return Advertised(tuple(campaigns), sum(sums.clicks for sums in counted.values()))


def _start(shop: ShopContext, name: str, product_id: int, now: datetime) -> int:
    draft = CampaignDraft(name=name, kind=CampaignKind.KEYWORD, daily_budget_minor=20_000, starts_on=business_date(now))
    words = tuple(WordDraft(text, MatchType.PHRASE) for text in WORDS[name])
    group = GroupDraft(name="杯子", bid_minor=60, product_ids=(product_id,), words=words)
    return create_campaign(shop_id=shop.shop_id, key=name, draft=draft, group=group, runs=True, actor_id=7, now=now)


def _list_cells(shop: ShopContext, campaigns: list[int], now: datetime, chance: random.Random) -> Iterator[Cell]:
    today: date = business_date(now)
    for campaign_id in campaigns:
        ad = Ad.objects.get(group__campaign_id=campaign_id)
        words = list(Keyword.objects.filter(group_id=ad.group_id))
        for _ in range(240):
            word = chance.choice(words)
            yield Cell(
                day=today - timedelta(days=chance.randrange(DAYS)),
                hour=min(23, int(chance.triangular(0, 24, 20))),
                shop_id=shop.shop_id,
                campaign_id=campaign_id,
                group_id=ad.group_id,
                ad_id=ad.pk,
                keyword_id=word.pk,
                place=chance.randint(1, 3),
                page=chance.choice(("search", "search", "category")),
                region=chance.choice(REGIONS),
                term=chance.choice((word.text, f"{word.text} 手工", f"青釉 {word.text}")),
            )


def _draw_sums(chance: random.Random) -> Sums:
    clicks = chance.choice((0, 1, 1, 2))
    return Sums(
        views=chance.randint(20, 90),
        filtered_views=chance.randint(0, 4),
        clicks=clicks,
        filtered_clicks=chance.choice((0, 0, 0, 1)),
        click_micro=clicks * chance.randint(25, 60) * 1_000_000,
    )


def _sell(cell: Cell, number: int, product_id: int, now: datetime) -> None:
    """A purchase after a click; the first one is of other goods of the shop, the second after no more than a view."""
    at = now - timedelta(days=(business_date(now) - cell.day).days, hours=1)
    kind, bought_id = TouchKind.VIEW if number == 1 else TouchKind.CLICK, product_id + (number == 0)
    touch = TouchedAd(number=number + 1, kind=kind, at=at, product_id=product_id, cell=cell)
    lines = (BoughtLine(number=1, product_id=bought_id, revenue_minor=3_000 + number * 100),)
    share = SoldShare(share_no=f"S-{number}", shop_id=cell.shop_id, ordered_at=at + timedelta(minutes=20), lines=lines)
    credit_sale(share=share, touches=[touch])


def show_display(shop: ShopContext, product_id: int, now: datetime, *, days: int = 8) -> None:
    """A display campaign at 7.30 a thousand, whose home place was seen 1,000 times yesterday, 2,000 the day before."""
    draft = CampaignDraft(
        name="首页", kind=CampaignKind.DISPLAY, daily_budget_minor=20_000, starts_on=business_date(now)
    )
    group = GroupDraft(name="杯子", bid_minor=730, charge=Charge.MILLE, product_ids=(product_id,))
    campaign_id = create_campaign(
        shop_id=shop.shop_id, key="display", draft=draft, group=group, runs=True, actor_id=7, now=now
    )
    ad = Ad.objects.get(group__campaign_id=campaign_id)
    cells = {
        Cell(
            day=business_date(now) - timedelta(days=back), hour=9, shop_id=shop.shop_id, keyword_id=0, place=1,
            campaign_id=campaign_id, group_id=ad.group_id, ad_id=ad.pk, page="home", region="", term="",
        ): Sums(views=back * 1_000)
        for back in range(1, days + 1)
    }  # fmt: skip
    with transaction.atomic():
        add_sums(cells)


def count_today(campaign_id: int, sums: Sums, now: datetime) -> None:
    """Let so much have come of a campaign's first ad in the first hour of today."""
    ad = Ad.objects.select_related("group__campaign").filter(group__campaign_id=campaign_id).order_by("pk")[0]
    cell = Cell(
        day=business_date(now), hour=0, shop_id=ad.group.campaign.shop_id, keyword_id=0, place=1,
        campaign_id=campaign_id, group_id=ad.group_id, ad_id=ad.pk, page="search", region="", term="",
    )  # fmt: skip
    with transaction.atomic():
        add_sums({cell: sums})


def type_campaign(shop: ShopContext, **changes: str) -> dict[str, str | list[str]]:
    """All that is typed on the way to a keyword campaign of one mug, up to the last step."""
    offer, _ = list_product(shop, sku="MUG", price_minor=1_000, title="青釉杯")
    typed: dict[str, str | list[str]] = {
        "kind": "keyword", "product": [str(offer.product_id)], "word": ["马克杯"], "own_words": "", "match": "phrase",
        "from_hour": "0", "to_hour": "24", "name": "周末的杯子", "bid": "0.60", "daily_budget": "50",
        "total_budget": "", "pace": "even", "ends_on": "", "starts_on": timezone.localdate().isoformat(),
        "key": "k" * 32, "step": "how", "go": "how",
    }  # fmt: skip
    return typed | changes
