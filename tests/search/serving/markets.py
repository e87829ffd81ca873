"""Made-up markets: campaigns with words out of a small vocabulary, so that many of them meet."""

import random
from collections.abc import Sequence
from datetime import date

from search.auction.contracts import ALL_HOURS, Keyword, MatchType, Pace
from search.campaigns.contracts import (
    CampaignKind,
    Charge,
    Floors,
    LiveAd,
    LiveCampaign,
    LiveKeyword,
    PageKind,
)
from search.serving.contracts import Goods, Product

DAY = date(2026, 11, 24)
COLOURS = ("青釉", "朱砂", "墨色", "天空蓝", "抹茶", "藕荷", "靛蓝", "雪白")
THINGS = ("马克杯", "茶杯", "咖啡杯", "台灯", "双肩包", "龙井", "毯子", "花瓶")
MORE = ("陶瓷", "手工", "礼盒", "350ml", "大容量", "办公室", "可微波", "儿童")
VOCABULARY = (*COLOURS, *THINGS, *MORE)
FLOORS = Floors(dict.fromkeys(PageKind, 10), dict.fromkeys(PageKind, 200))


def make_goods(chance: random.Random, product: Product) -> Goods:
    thing = chance.randrange(len(THINGS))
    words = [THINGS[thing], *chance.sample(COLOURS, 2), *chance.sample(MORE, 3)]
    return Goods(
        listing_id=product[0] * 100 + product[1],
        product=product,
        in_stock=chance.random() < 0.95,
        category_ids=(1 + thing % 2, 10 + thing),
        text="\n".join(words),
    )


def make_words(
    chance: random.Random, start: int, count: int, vocabulary: Sequence[str] = VOCABULARY
) -> tuple[LiveKeyword, ...]:
    return tuple(
        LiveKeyword(
            keyword_id=start + number,
            tokens=tuple(chance.sample(vocabulary, chance.choice((1, 1, 2, 2, 3)))),
            match=chance.choice(list(MatchType)),
            bid_minor=chance.randint(15, 400),
        )
        for number in range(count)
    )


def make_campaign(
    chance: random.Random,
    number: int,
    *,
    shop_id: int,
    words: int = 10,
    kind: CampaignKind = CampaignKind.KEYWORD,
    plain: bool = False,
    vocabulary: Sequence[str] = VOCABULARY,
) -> LiveCampaign:
    """A campaign of two groups; a `plain` one is for everybody at any time."""
    ads = []
    for group in (number * 10 + 1, number * 10 + 2):
        keywords = make_words(chance, group * 1_000, words // 2, vocabulary) if kind is CampaignKind.KEYWORD else ()
        refused = () if plain or chance.random() < 0.7 else (Keyword((chance.choice(MORE),), MatchType.BROAD),)
        charge = chance.choice(list(Charge)) if kind is CampaignKind.DISPLAY else Charge.CLICK
        bid_minor = chance.randint(20, 300) if charge is Charge.CLICK else chance.randint(100, 9_000)
        for place in range(chance.randint(1, 2)):
            ads.append(
                LiveAd(
                    ad_id=group * 10 + place,
                    campaign_id=number,
                    group_id=group,
                    shop_id=shop_id,
                    product_id=chance.randint(1, 5),
                    creative=None,
                    kind=kind,
                    charge=charge,
                    bid_minor=bid_minor,
                    keywords=keywords,
                    negatives=refused,
                    created_us=chance.randint(1, 50),
                )
            )
    limited = not plain and chance.random() < 0.4
    return LiveCampaign(
        campaign_id=number,
        shop_id=shop_id,
        kind=kind,
        pace=Pace.FAST,
        daily_budget_minor=10_000,
        total_budget_minor=None,
        shop_daily_limit_minor=None,
        starts_on=date(2026, 11, 25) if not plain and chance.random() < 0.1 else date(2026, 11, 1),
        ends_on=None if plain else chance.choice((None, DAY, date(2026, 11, 20))),
        hours=chance.getrandbits(168) if limited else ALL_HOURS,
        regions=frozenset(chance.sample(("33", "31", "11"), 2)) if limited else frozenset(),
        audiences=chance.choice((0, 1, 6)) if limited else 0,
        page_bps={page: chance.choice((5_000, 10_000, 20_000)) for page in PageKind},
        ads=tuple(ads),
    )
