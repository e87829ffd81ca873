"""The demo's advertisers: wallets with cash and a bonus, campaigns of words and of places that began a month ago."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from billing.settlement.services.days import business_date
from billing.wallets.selectors import list_bonuses
from billing.wallets.services import grant_bonus
from market.shops.contracts import ShopContext
from onebox.demo.ads_first import find_beginning
from onebox.demo.topping_up import top_up
from search.auction.contracts import Pace
from search.campaigns.contracts import (
    CampaignDraft,
    CampaignKind,
    Charge,
    GroupDraft,
    LiveAd,
    WordDraft,
)
from search.campaigns.selectors import read_live
from search.campaigns.services import create_campaign
from search.listings.contracts import SearchQuery
from search.listings.selectors import search

CASH_MINOR = 50_000
BONUS_MINOR = 300_000
BONUS_LASTS = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class DemoCampaign:
    """What one shop advertises: the first goods that it has for the words. The bid is for a click or 1,000 views.

    Most are as fast as possible, so that whoever looks at a demo sees ads: a throttled campaign begins its first day
    with a tenth of the requests.
    """

    slug: str
    name: str
    words: tuple[str, ...]
    bid_minor: int
    daily_minor: int
    kind: CampaignKind = CampaignKind.KEYWORD
    pace: Pace = Pace.FAST


CAMPAIGNS = (
    DemoCampaign("qinghe", "马克杯·搜索词", ("马克杯", "mug", "花瓶"), 230, 40_000),
    DemoCampaign("renzhen", "匠人马克杯", ("马克杯", "mug"), 210, 30_000),
    DemoCampaign("shanjian", "春茶·搜索词", ("茶", "绿茶"), 260, 40_000),
    DemoCampaign("qinghe", "茶器·搜索词", ("茶", "绿茶"), 240, 30_000),
    DemoCampaign("xiaoman", "茶点·搜索词", ("茶",), 200, 25_000),
    DemoCampaign("taishang", "花瓶·搜索词", ("花瓶",), 190, 25_000),
    DemoCampaign("beian", "桌灯·搜索词", ("台灯", "lamp"), 250, 30_000),
    DemoCampaign("manxing", "夜灯·搜索词", ("台灯", "lamp"), 220, 25_000, pace=Pace.EVEN),
    DemoCampaign("yedu", "本子·搜索词", ("笔记本", "notebook"), 150, 20_000),
    DemoCampaign("yiye", "开学文具·搜索词", ("笔记本", "notebook"), 140, 20_000, pace=Pace.EVEN),
    DemoCampaign("qinghe", "送礼茶器·首页", ("茶",), 2_400, 20_000, CampaignKind.DISPLAY),
    DemoCampaign("yedu", "包袋·首页", ("帆布包",), 1_800, 15_000, CampaignKind.DISPLAY),
    DemoCampaign("tinglan", "耳机·首页", ("耳机",), 2_100, 15_000, CampaignKind.DISPLAY),
)


def load_campaigns(shops: Mapping[str, ShopContext], *, staff_id: int, now: datetime) -> list[LiveAd]:
    """Make the campaigns that are not there yet, as if their shops had begun a month ago. Returns their ads."""
    began = find_beginning(now)
    made = [
        campaign_id
        for one in CAMPAIGNS
        if one.slug in shops and (campaign_id := _start(shops[one.slug], one, staff_id, began)) is not None
    ]
    return [ad for campaign in read_live(made) for ad in campaign.ads]


def _start(shop: ShopContext, wanted: DemoCampaign, staff_id: int, began: datetime) -> int | None:
    """A running campaign; None for a shop that has none of the goods."""
    products = _find_products(shop.shop_id, wanted.words)
    if not products:
        return None
    if settings.WECHATPAY["own_mchid"]:
        top_up(shop, amount_minor=CASH_MINOR, key="demo-ads", staff_id=staff_id, at=began)
    else:
        give_bonus(shop.shop_id, staff_id=staff_id, now=began)
    is_words = wanted.kind is CampaignKind.KEYWORD
    group = GroupDraft(
        name="默认单元",
        bid_minor=wanted.bid_minor,
        charge=Charge.CLICK if is_words else Charge.MILLE,
        product_ids=tuple(products),
        words=tuple(WordDraft(text) for text in wanted.words) if is_words else (),
    )
    draft = CampaignDraft(
        name=wanted.name,
        kind=wanted.kind,
        daily_budget_minor=wanted.daily_minor,
        starts_on=business_date(began),
        pace=wanted.pace,
    )
    return create_campaign(
        shop_id=shop.shop_id,
        key=f"demo:{wanted.name}",
        draft=draft,
        group=group,
        runs=True,
        actor_id=shop.owner_id,
        now=began,
    )


def give_bonus(shop_id: int, *, staff_id: int, now: datetime) -> None:
    """A gift of the platform, once a shop."""
    if not list_bonuses(shop_id=shop_id):
        grant_bonus(
            shop_id=shop_id,
            amount_minor=BONUS_MINOR,
            expires_at=now + BONUS_LASTS,
            reason="演示用的推广金",
            key=f"demo-bonus:{shop_id}",
            actor_id=staff_id,
            now=now,
        )


def _find_products(shop_id: int, words: Sequence[str]) -> list[int]:
    """The first three goods in stock that the shop has for the words."""
    found: dict[int, None] = {}
    for text in words:
        page = search(SearchQuery(words=text, in_stock=True, shop_ids=(shop_id,), size=3, with_facets=False))
        found.update(dict.fromkeys(card.product_id for card in page.hits))
    return list(found)[:3]
