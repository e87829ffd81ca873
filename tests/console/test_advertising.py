"""What advertising earns, and its auctions held again, as staff see it."""

import uuid
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

import pytest
from django.utils import timezone

from billing.settlement.services.days import business_date
from console.advertising import auctions
from console.lists import PAGE
from search.auction.contracts import Candidate, Terms, TokenKind
from search.auction.contracts import ShownAd as Shown
from search.auction.keyword import decide
from search.auction.records import write_record
from search.auction.versions import get_rules, get_weights
from search.campaigns.models import Ad, Keyword
from search.spending.models import Decision
from search.spending.rules.days import number_day, to_us
from search.spending.selectors import SearchTooLong
from search.spending.services import store_decisions
from tests.console.test_pages import CHINESE, words_of
from tests.fixtures.ads import AdRow, make_ad, make_decision
from tests.fixtures.api import list_product
from tests.fixtures.serving import advertise as advertise_words
from tests.merchant_portal.ads import advertise


def hold(now: datetime) -> tuple[str, uuid.UUID]:
    """A stored auction of three. Returns where its page is, and its id."""
    number = uuid.uuid4()
    return hold_of(make_ad(shop_id=7, now=now), now, number=number), number


def hold_of(ad: AdRow, now: datetime, rival: int = 2, word: int = 77, *, number: uuid.UUID | None = None) -> str:
    """A stored auction that an ad won for a word, before a rival. Returns where its page is."""
    number = number or uuid.uuid4()
    candidates = [
        Candidate(
            ad=ad.ad_id + place, merchant=merchant, bid_minor=bid, quality=800, reserve_minor=10, created_us=place
        )
        for place, (merchant, bid) in enumerate(((ad.shop_id, 90), (rival, 70), (3, 50)))
    ]
    terms = Terms(places=2, rules=get_rules(), weights=get_weights(), quality_version=1)
    decided = decide(candidates, terms, id=str(number), decided_us=to_us(now), context="茶壶")
    day = business_date(now)
    shown = Shown(
        kind=TokenKind.CLICK, decision=number, day=number_day(day), ad=ad.ad_id, place=1, price_micro=71_000_000,
        lease=1, expires_second=1,
    )  # fmt: skip
    decision = make_decision(ad, shown, now)
    lines = tuple(replace(line, keyword_id=word) for line in decision.lines)
    store_decisions([replace(decision, auction=write_record(decided), lines=lines)])
    return f"/ads/auctions/{day.isoformat()}/{number}/"


def test_revenue_is_what_was_counted_by_day_and_shop(db, enter, make_shop) -> None:
    shop = make_shop("alpha")
    advertised = advertise(shop, timezone.now())
    page = enter().get("/ads/revenue/", days=90)
    assert page.status_code == 200
    assert page.context["total"].clicks == advertised.clicks
    assert sum(row.clicks for _, _, row in page.context["days"]) == advertised.clicks
    assert [found.shop_id for found, _, _ in page.context["advertisers"]] == [shop.shop_id]


@pytest.mark.parametrize("path", ["/ads/revenue/", "/ads/auctions/"])
def test_pages_of_advertising_say_what_to_do_when_empty_and_speak_chinese(db, enter, path) -> None:
    page = enter().get(path, "zh-CN")
    assert page.status_code == 200 and CHINESE.search(words_of(page.content.decode()))


def test_an_auction_is_found_and_held_again(db, enter) -> None:
    address, _ = hold(timezone.now())
    visitor = enter()
    assert address in visitor.get("/ads/auctions/", q="茶").content.decode()
    assert address not in visitor.get("/ads/auctions/", q="mug").content.decode()
    page = visitor.get(address)
    assert page.context["replay"].is_same and "bit for bit" in page.content.decode()


def test_an_auction_is_found_by_its_hour(db, enter) -> None:
    now = timezone.now()
    address, _ = hold(now)
    hour, visitor = timezone.localtime(now).hour, enter()
    assert address in visitor.get("/ads/auctions/", hour=hour).content.decode()
    assert address not in visitor.get("/ads/auctions/", hour=(hour + 1) % 24).content.decode()
    for wrong in ("24", "-1", "noon"):
        assert visitor.get("/ads/auctions/", hour=wrong).status_code == 404


def test_a_search_of_auctions_that_takes_too_long_says_what_to_do(db, enter, monkeypatch) -> None:
    def give_up(**asked: object) -> None:
        raise SearchTooLong

    monkeypatch.setattr(auctions, "search_decisions", give_up)
    page = enter().get("/ads/auctions/", q="茶").content.decode()
    assert "We stopped after four seconds. Choose an hour, or a page." in page and 'value="茶"' in page


def test_auctions_of_one_moment_are_all_listed_over_two_pages(db, enter) -> None:
    now = timezone.now()
    addresses = {hold(now)[0] for _ in range(PAGE + 2)}
    visitor = enter()
    first = visitor.get("/ads/auctions/")
    second = visitor.get("/ads/auctions/", after=first.context["next_cursor"])
    listed = [
        f"/ads/auctions/{row.day.isoformat()}/{row.decision_id}/"
        for page in (first, second)
        for row in map(attrgetter("decision"), page.context["rows"])
    ]
    assert len(first.context["rows"]) == PAGE and not second.context["next_cursor"]
    assert len(listed) == PAGE + 2 and set(listed) == addresses


def test_an_auction_is_told_in_yuan_and_names(db, enter, make_shop) -> None:
    now, shop, rival = timezone.now(), make_shop("alpha"), make_shop("beta", owner_id=900_002)
    offer, _ = list_product(shop, sku="MUG", title="青釉马克杯")
    advertise_words(offer, "茶壶", now=now, money_minor=0)
    ad = Ad.objects.select_related("group__campaign").get()
    word = Keyword.objects.get()
    address = hold_of(
        AdRow(ad.pk, ad.group_id, ad.group.campaign_id, shop.shop_id, offer.product_id), now, rival.shop_id, word.pk
    )
    for language, named in (("en", "Search results"), ("zh-CN", "搜索结果")):
        page = words_of(enter().get(address, language).content.decode())
        for said in (named, "茶壶", "直通车", "0.71", "0.90", "0.70", "青釉马克杯", "上海"):
            assert said in page, said
        for raw in ("71000000", "micro", "微分", "category", " search "):
            assert raw not in page, raw
    page = enter().get(address).content.decode()
    for shop_id in (shop.shop_id, rival.shop_id):
        assert f'href="/ads/advertisers/{shop_id}/"' in page
    assert f'href="/ads/campaigns/{ad.group.campaign_id}/"' in page
    listed = enter().get("/ads/auctions/", "zh-CN").content.decode()
    assert '<option value="search">搜索结果页</option>' in listed and "<code>search</code>" not in listed


def hold_shelf(now: datetime) -> str:
    """A stored shelf of goods that are paid per sale. Returns where its page is."""
    ad, day, number = make_ad(shop_id=7, now=now), business_date(now), uuid.uuid4()
    shown = Shown(
        kind=TokenKind.SALE, decision=number, day=number_day(day), ad=ad.ad_id, place=1, price_micro=0, lease=0,
        expires_second=1,
    )  # fmt: skip
    decision = make_decision(ad, shown, now)
    lines = tuple(replace(line, keyword_id=None, inputs="") for line in decision.lines)
    store_decisions([replace(decision, page="category", query="", lines=lines)])
    return f"/ads/auctions/{day.isoformat()}/{number}/"


def test_goods_that_are_paid_per_sale_were_in_no_auction(db, enter) -> None:
    address = hold_shelf(timezone.now())
    for language, kind, paid_by, again in (
        ("en", "Pay per sale", "sale", "Hold it again"),
        ("zh-CN", "成交付费", "成交", "重新竞价"),
    ):
        listed = words_of(enter().get("/ads/auctions/", language).content.decode())
        assert kind in listed and again not in listed
        page = words_of(enter().get(address, language).content.decode())
        assert f" {paid_by} " in page and kind in page
        for wrong in ("there was no auction", "cannot be held again", "无法重新竞价", " view ", " 展示 ", "0.00"):
            assert wrong not in page, wrong


def test_a_decision_that_shows_nothing_was_not_chosen_by_commission(db, enter) -> None:
    address = hold_shelf(timezone.now())
    Decision.objects.update(lines=[])
    visitor = enter()
    assert address in visitor.get("/ads/auctions/").content.decode()
    for path in ("/ads/auctions/", address):
        page = words_of(visitor.get(path).content.decode())
        assert "Pay per sale" not in page and "chosen by how well" not in page


def test_what_can_be_held_again_no_more_is_said_in_the_readers_language(db, enter) -> None:
    address, number = hold(timezone.now())
    Decision.objects.filter(decision_id=number).update(auction="{}")
    page = words_of(enter().get(address, "zh-CN").content.decode())
    assert "无法重新竞价：存下的记录读不出来" in page
    Decision.objects.filter(decision_id=number).update(auction="")
    page = words_of(enter().get(address, "zh-CN").content.decode())
    assert "没有存下竞价" in page and "there was no" not in page


def test_an_auction_that_was_tampered_with_comes_out_differently(db, enter) -> None:
    address, number = hold(timezone.now())
    row = Decision.objects.get(decision_id=number)
    Decision.objects.filter(decision_id=number).update(auction=row.auction.replace('"bid_minor":70', '"bid_minor":60'))
    page = enter().get(address)
    assert not page.context["replay"].is_same and "comes out differently" in page.content.decode()


@pytest.mark.parametrize(
    "path", ["/ads/auctions/?day=soon", "/ads/auctions/?page=moon", f"/ads/auctions/2026-01-01/{uuid.UUID(int=1)}/"]
)
def test_what_is_not_there_is_not_found(db, enter, path) -> None:
    assert enter().get(f"/ads/auctions/{path}").status_code == 404
