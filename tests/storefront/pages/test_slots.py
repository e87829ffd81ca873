"""The home page's fixed places: the winner in its time, the marketplace's own pictures else, clicks lead on."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from market.shops.selectors import find_shop_by_slug
from market.taxonomy.services import load_taxonomy
from search.listings.keeping import forget_all
from search.slots.contracts import LotUnit, SlotKind
from search.slots.models import Lot
from search.slots.selectors import find_lot
from search.slots.services import cancel_lot, close_due_lots, open_due_lots, place_lot_bid, save_slot
from tenants.catalog.contracts import Text
from tests.fixtures.api import MARKET
from tests.search.slots.conftest import make_creative, top_up
from tests.search.slots.test_rules import make_terms
from tests.storefront.pages.conftest import Browser

AGENT = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}


@dataclass
class Place:
    """The carousel's first place, sold for today."""

    lot_id: int
    shop_id: int
    ends_at: datetime


@pytest.fixture
def places(db, make_shop) -> list[Lot]:
    """Two places of the carousel by the day and a banner by the hour; lots were opened two days ago."""
    forget_all()
    load_taxonomy()
    make_shop("alpha")
    begun = timezone.now() - timedelta(days=2)
    kinds = [(LotUnit.DAY, SlotKind.CAROUSEL), (LotUnit.DAY, SlotKind.CAROUSEL), (LotUnit.HOUR, SlotKind.BANNER)]
    for position, (unit, kind) in enumerate(kinds, 1):
        name = Text(f"位{position}", f"Place {position}")
        terms = replace(make_terms(unit, closes=0), key=f"home-{position}", kind=kind, position=position, name=name)
        save_slot(slot_id=0, terms=replace(terms, width=1_200, height=400), actor_id=1, now=begun)
    open_due_lots(now=begun)
    now = timezone.now()
    return list(Lot.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("slot__position"))


def sell(lot: Lot, shop_id: int) -> None:
    """To the only bidder, before it began."""
    early = lot.closes_at - timedelta(minutes=1)
    top_up(shop_id, 50_000, early)
    creative = make_creative(shop_id, early)
    bid = {"lot_id": lot.pk, "shop_id": shop_id, "creative_id": creative, "actor_id": 1, "now": early}
    place_lot_bid(maximum_minor=20_000, **bid)
    close_due_lots(now=lot.closes_at)


@pytest.fixture
def sold(places, shop_id) -> Place:
    first = places[0]
    sell(first, shop_id)
    return Place(first.pk, shop_id, first.ends_at)


@pytest.fixture
def shop_id(places) -> int:
    return find_shop_by_slug("alpha").shop_id


def test_without_places_the_page_is_as_it_was(db, make_shop) -> None:
    forget_all()
    load_taxonomy()
    page = Browser().open("/")
    assert "tea hills" in page and 'class="slides"' not in page and "Sponsored" not in page


def test_unsold_places_show_the_marketplace_s_own_pictures(places) -> None:
    page = Browser().open("/")
    assert "tea hills" in page and "Stall by stall" in page and "house-banner" in page
    assert "Sponsored" not in page and "/ad/slot/" not in page


def test_a_sold_place_shows_its_winner_labelled_with_a_reason(sold) -> None:
    page = Browser().open("/")
    assert f'href="/ad/slot/{sold.lot_id}/" rel="sponsored nofollow"' in page
    assert "新茶上市" in page and ">Sponsored</button>" in page and 'popovertarget="why-home-1"' in page
    assert "Alpha bought this place for a time" in page and "tea hills" not in page


def test_the_page_changes_by_itself_when_the_lot_is_over(sold, monkeypatch) -> None:
    assert f"/ad/slot/{sold.lot_id}/" in Browser().open("/")
    monkeypatch.setattr("django.utils.timezone.now", lambda: sold.ends_at)
    page = Browser().open("/")
    assert f"/ad/slot/{sold.lot_id}/" not in page and "tea hills" in page


def test_a_cancelled_lot_is_gone_with_the_next_page(sold) -> None:
    assert f"/ad/slot/{sold.lot_id}/" in Browser().open("/")
    cancel_lot(lot_id=sold.lot_id, reason="it promises cures", actor_id=1, now=timezone.now())
    assert f"/ad/slot/{sold.lot_id}/" not in Browser().open("/")


def test_a_kept_page_with_sold_places_is_one_statement_and_a_new_one_two_more(places, shop_id) -> None:
    browser = Browser()
    browser.open("/")
    sell(places[0], shop_id)
    with CaptureQueriesContext(connection) as first:
        browser.open("/")
    with CaptureQueriesContext(connection) as again:
        browser.open("/")
    assert len(again) == 1
    slots = [query for query in first if "slots_" in query["sql"]]
    assert len(slots) == 2


def test_a_click_is_counted_once_each_and_leads_where_the_lot_says(sold) -> None:
    client = Browser().client
    answer = client.get(f"/ad/slot/{sold.lot_id}/?next=https://evil.example/", **AGENT)
    assert (answer.status_code, answer["Location"]) == (303, "/search?q=tea")
    assert "no-store" in answer["Cache-Control"]
    client.get(f"/ad/slot/{sold.lot_id}/", **AGENT)
    assert find_lot(sold.lot_id).clicks == 2


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_USER_AGENT": "Googlebot/2.1"}, {"HTTP_USER_AGENT": ""}, {**AGENT, "HTTP_SEC_PURPOSE": "prefetch"}],
)
def test_programs_and_prefetching_are_led_on_but_not_counted(sold, headers: dict[str, str]) -> None:
    assert Browser().client.get(f"/ad/slot/{sold.lot_id}/", **headers).status_code == 303
    assert find_lot(sold.lot_id).clicks == 0


def test_a_click_that_cannot_be_counted_is_led_on(sold, monkeypatch) -> None:
    def refuse(**click: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("storefront.ads.slots.count_click", refuse)
    assert Browser().client.get(f"/ad/slot/{sold.lot_id}/", **AGENT)["Location"] == "/search?q=tea"


def test_views_that_the_script_tells_are_counted_but_not_those_of_programs(sold) -> None:
    browser = Browser()
    assert f'data-lot="{sold.lot_id}"' in browser.open("/")
    assert tell_seen(browser, [sold.lot_id, sold.lot_id], **AGENT) == 204
    assert tell_seen(browser, [sold.lot_id], HTTP_USER_AGENT="Googlebot/2.1") == 204
    assert find_lot(sold.lot_id).views == 1
    assert find_lot(sold.lot_id).clicks == 0


@pytest.mark.parametrize("lots", [["1"], [0], [-1], [1.5], [True], [1 << 63], {"1": 1}, 7, [1] * 17])
def test_what_names_no_lots_is_refused(sold, lots) -> None:
    assert tell_seen(Browser(), lots, **AGENT) == 400
    assert find_lot(sold.lot_id).views == 0


def test_unsold_places_are_not_watched(places) -> None:
    assert "data-lot" not in Browser().open("/")


def tell_seen(browser: Browser, lots: object, **headers: str) -> int:
    answer = browser.client.post(
        "/ad/seen/", {"lots": lots}, content_type="application/json", HTTP_ORIGIN=f"http://{MARKET}", **headers
    )
    return int(answer.status_code)


def test_a_lot_that_nobody_won_leads_nowhere(places) -> None:
    client = Browser().client
    for lot_id in (places[1].pk, 10**9):
        assert client.get(f"/ad/slot/{lot_id}/", **AGENT).status_code == 404
    assert client.post(f"/ad/slot/{places[0].pk}/").status_code in (403, 405)
