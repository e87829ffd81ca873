"""What advertising earns, and its auctions held again, as staff see it."""

import uuid
from dataclasses import replace
from datetime import datetime

import pytest
from django.utils import timezone

from billing.settlement.services.days import business_date
from console.lists import PAGE
from search.auction.contracts import Candidate, Terms, TokenKind
from search.auction.contracts import ShownAd as Shown
from search.auction.keyword import decide
from search.auction.records import write_record
from search.auction.versions import get_rules, get_weights
from search.spending.models import Decision
from search.spending.rules.days import number_day, to_us
from search.spending.services import store_decisions
from tests.console.test_pages import CHINESE, words_of
from tests.fixtures.ads import make_ad, make_decision
from tests.merchant_portal.ads import advertise


def hold(now: datetime) -> tuple[str, uuid.UUID]:
    """A stored auction of three. Returns where its page is, and its id."""
    ad, number = make_ad(shop_id=7, now=now), uuid.uuid4()
    candidates = [
        Candidate(ad=ad.ad_id + place, merchant=place, bid_minor=bid, quality=800, reserve_minor=10, created_us=place)
        for place, bid in enumerate((90, 70, 50), start=1)
    ]
    terms = Terms(places=2, rules=get_rules(), weights=get_weights(), quality_version=1)
    decided = decide(candidates, terms, id=str(number), decided_us=to_us(now), context="茶壶")
    day = business_date(now)
    shown = Shown(
        kind=TokenKind.CLICK, decision=number, day=number_day(day), ad=ad.ad_id, place=1, price_micro=71_000_000,
        lease=1, expires_second=1,
    )  # fmt: skip
    store_decisions([replace(make_decision(ad, shown, now), auction=write_record(decided))])
    return f"/ads/auctions/{day.isoformat()}/{number}/", number


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


def test_auctions_of_one_moment_are_all_listed_over_two_pages(db, enter) -> None:
    now = timezone.now()
    addresses = {hold(now)[0] for _ in range(PAGE + 2)}
    visitor = enter()
    first = visitor.get("/ads/auctions/")
    second = visitor.get("/ads/auctions/", after=first.context["next_cursor"])
    listed = [
        f"/ads/auctions/{row.day.isoformat()}/{row.decision_id}/"
        for page in (first, second)
        for row in page.context["decisions"]
    ]
    assert len(first.context["decisions"]) == PAGE and not second.context["next_cursor"]
    assert len(listed) == PAGE + 2 and set(listed) == addresses


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
