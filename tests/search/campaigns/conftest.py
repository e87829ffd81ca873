"""Advertisers: two shops with goods, campaigns of words, pictures."""

import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from PIL import Image

from market.shops.contracts import ShopContext
from search.campaigns.contracts import CampaignDraft, CampaignKind, GroupDraft, LiveCampaign, WordDraft
from search.campaigns.models import Group
from search.campaigns.selectors import read_live
from search.campaigns.services import create_campaign, upload_creative
from search.listings.services import refresh_listings
from tests.conftest import Clock
from tests.fixtures.goods import stock_product
from tests.search.listings.conftest import Goods, fresh_memory, goods  # noqa: F401 - fixtures

ACTOR = 7
_numbers = itertools.count(1)
DRAFT = CampaignDraft(
    name="马克杯·搜索词", kind=CampaignKind.KEYWORD, daily_budget_minor=20_000, starts_on=date(2026, 11, 22)
)
WORDS = (WordDraft("马克杯"), WordDraft("陶瓷 杯子", bid_minor=80))


@dataclass
class Advertiser:
    """A shop with a mug that advertises."""

    shop: ShopContext
    product_id: int
    clock: Clock

    def run(self, *, runs: bool = True, key: str = "", **changes: Any) -> int:
        """Start a campaign for the mug; changes are of the campaign's draft, `group` of the group's."""
        group = GroupDraft(
            **{
                "name": "杯子",
                "bid_minor": 60,
                "product_ids": (self.product_id,),
                "words": WORDS,
                **changes.pop("group", {}),
            }
        )
        return create_campaign(
            shop_id=self.shop.shop_id,
            key=key or f"key-{next(_numbers)}",
            draft=replace(DRAFT, **changes),
            group=group,
            runs=runs,
            actor_id=ACTOR,
            now=self.clock.now,
        )

    def group_of(self, campaign_id: int) -> int:
        return Group.objects.filter(campaign_id=campaign_id).values_list("pk", flat=True).first() or 0

    def upload(self, *, title: str = "周末的杯子", size: tuple[int, int] = (1200, 400), colour: str = "navy") -> int:
        return upload_creative(
            shop=self.shop,
            title=title,
            content=draw(*size, colour),
            file_name="cups.png",
            landing=f"/shop/{self.shop.slug}/",
            actor_id=ACTOR,
            now=self.clock.now,
        )


@pytest.fixture
def advertise(goods: Goods, clock: Clock, settings: Any, tmp_path: Any) -> Callable[[ShopContext], Advertiser]:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path / "media"

    def make(shop: ShopContext) -> Advertiser:
        product_id = goods.create(shop)
        goods.deliver()
        return Advertiser(shop, product_id, clock)

    return make


@pytest.fixture
def alpha(advertise: Callable[[ShopContext], Advertiser], shop_a: ShopContext) -> Advertiser:
    return advertise(shop_a)


@pytest.fixture
def beta(advertise: Callable[[ShopContext], Advertiser], shop_b: ShopContext) -> Advertiser:
    return advertise(shop_b)


def stock_other(who: Advertiser) -> int:
    """Another product on sale in the same shop."""
    offer = stock_product(who.shop, sku=f"OTHER-{next(_numbers)}", title="大碗", now=who.clock.now)
    refresh_listings(shop_id=who.shop.shop_id, product_ids=[offer.product_id], now=who.clock.now)
    return offer.product_id


def live(campaign_id: int) -> LiveCampaign | None:
    """What serving would see of a campaign now."""
    found = read_live([campaign_id])
    return found[0] if found else None


def draw(width: int, height: int, colour: str = "navy") -> bytes:
    """A plain picture."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "PNG")
    return target.getvalue()
