"""`python -m tests.flows.prepare_ads`: the people of `prepare`, goods to compete with, four weeks of searches, a rival.

The rival has cash that came through the provider, and bids for the word that the test's merchant will bid for too.
"""

import json
import os
import urllib.request
from datetime import timedelta

import django
from django.utils import timezone

WORD = "马克杯"
RIVAL_BID_MINOR = 200
RIVAL_CASH_MINOR = 100_000
PEARL, INDIGO, CLAY, MOSS, SAND = "#f4efe6", "#2f6f8f", "#a04a2c", "#5b7f5a", "#e8d9b0"
GOODS = (
    ("qinghe", "青釉茶壶", 12_800, ("teapot", INDIGO, PEARL, "#dfe8ec")),
    ("qinghe", "粗陶饭碗", 3_900, ("bowl", CLAY, SAND, "#f0e4dc")),
    ("qinghe", "素白马克杯", 4_800, ("mug", PEARL, CLAY, "#f0e4dc")),
    ("shanjian", "茶山手绘马克杯", 5_200, ("mug", SAND, MOSS, "#e6efe4")),
    ("shanjian", "红釉马克杯", 5_800, ("mug", CLAY, SAND, "#f0e4dc")),
    ("shanjian", "墨绿马克杯 400毫升", 6_600, ("mug", MOSS, PEARL, "#e6efe4")),
    ("shanjian", "靛蓝马克杯", 4_500, ("mug", INDIGO, SAND, "#dfe8ec")),
)
SEARCHES = ((WORD, 1_120), ("陶瓷 马克杯", 420), ("马克杯 送礼", 140), ("茶杯", 300))


def prepare_ads() -> None:
    from market.shops.selectors import find_shop_by_slug
    from market.taxonomy.selectors import get_tree
    from search.listings.services import refresh_shop
    from tests.fixtures.goods import stock_product
    from tests.flows.prepare import paint, prepare

    prepare()
    now, cups = timezone.now(), get_tree(fresh=True).find_slug("mugs")
    shops = {slug: find_shop_by_slug(slug) for slug in ("qinghe", "shanjian")}
    offers = [
        stock_product(
            shops[slug],
            sku=f"{slug}-{10 + number}",
            price_minor=price,
            title=title,
            pictures=[paint(*drawn)],
            category_id=cups.category_id,
            now=now,
        )
        for number, (slug, title, price, drawn) in enumerate(GOODS)
    ]
    for shop in shops.values():
        refresh_shop(shop_id=shop.shop_id, now=now)
    _remember_searches(now)
    rival = shops["shanjian"]
    _top_up(rival)
    _advertise(rival, offers[3].product_id)


def _remember_searches(now) -> None:
    """What people asked for in the last four weeks, so that words are suggested and a day can be foretold."""
    from search.signals.models import Query, QueryDay

    for text, searches in SEARCHES:
        query = Query.objects.create(key=text)
        for back in range(1, 29):
            day = timezone.localdate(now) - timedelta(days=back)
            QueryDay.objects.create(query=query, day=day, searches=searches // 28, visitors=searches // 40)


def _top_up(shop) -> None:
    """The rival pays at the provider, and somebody asks whether the money came: no page runs yet to be told."""
    from billing.ledger.tasks import post_requests
    from billing.wallets.services import check_top_up_paid, open_top_up, start_top_up

    now = timezone.now()
    top_up = open_top_up(
        shop_id=shop.shop_id, amount_minor=RIVAL_CASH_MINOR, gateway="wechatpay", key="rival",
        actor_id=shop.owner_id, now=now,
    )  # fmt: skip
    start_top_up(payment_no=top_up.payment_no, now=now)
    address = f"{os.environ['WECHATPAY_BASE_URL']}/_control/orders/{top_up.payment_no}/pay"
    request = urllib.request.Request(address, b"{}", {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.load(answer)["outcome"] == "paid"
    assert check_top_up_paid(payment_no=top_up.payment_no, now=now)
    post_requests(now)


def _advertise(shop, product_id: int) -> None:
    from billing.settlement.services.days import business_date
    from search.auction.contracts import Pace
    from search.campaigns.contracts import CampaignDraft, CampaignKind, GroupDraft, WordDraft
    from search.campaigns.services import create_campaign

    now = timezone.now()
    draft = CampaignDraft(
        name="茶山马克杯·搜索词",
        kind=CampaignKind.KEYWORD,
        daily_budget_minor=20_000,
        starts_on=business_date(now),
        pace=Pace.FAST,
    )
    group = GroupDraft(name="杯子", bid_minor=RIVAL_BID_MINOR, product_ids=(product_id,), words=(WordDraft(WORD),))
    create_campaign(
        shop_id=shop.shop_id, key="rival", draft=draft, group=group, runs=True, actor_id=shop.owner_id, now=now
    )


if __name__ == "__main__":
    django.setup()
    prepare_ads()
