"""Shelves on pages: parts that a script puts in, pages without one; nothing of one person in anybody else's."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from redis import Redis

from market.shops.services import suspend_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.results.contracts import Bond
from search.signals.models import SearchEvent
from search.signals.services import buffering
from search.signals.tasks import take_in
from tests.fixtures.api import MARKET, list_product
from tests.fixtures.statements import captured_statements
from tests.search.results.test_purchases import buy
from tests.search.results.test_related import tie
from tests.storefront.pages.conftest import Browser, Street

_LOADED = re.compile(r'hx-get="(/[^"]+/)" hx-trigger="[^"]+" hx-swap="outerHTML"><a href="([^"]+)"')


@pytest.fixture
def fair(street: Street, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    """Categories, an index, and a stream of the test's own for what pages tell."""
    monkeypatch.setattr(buffering, "STREAM", f"signals:test:{uuid.uuid4().hex}")
    load_taxonomy()
    get_tree(fresh=True)
    street.index()
    yield street
    with Redis.from_url(settings.REDIS_URL) as client:
        client.delete(buffering.STREAM)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def read_part(browser: Browser, path: str) -> str:
    answer = browser.client.get(path, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(("language", "title"), [("en", "Looked at together"), ("zh-CN", "看了又看")])
def test_a_product_page_leads_to_what_goes_with_it_with_and_without_a_script(fair, language, title):
    mug, tea = fair.listing_ids
    tie(Bond.LOOKED, mug, [tea])
    visitor = Browser(language)
    ((loaded, link),) = _LOADED.findall(visitor.open(f"/item/{mug}/"))
    assert loaded == link == f"/item/{mug}/related/"
    part, page = read_part(visitor, loaded), visitor.open(link)
    for text in (part, page):
        assert title in text and f"/item/{tea}/" in text
    assert "<html" not in part and "<html" in page


def test_a_part_is_never_answered_where_a_page_was_asked(fair):
    mug = fair.listing_ids[0]
    visitor = Browser()
    for _ in range(2):
        assert "<html" not in read_part(visitor, f"/item/{mug}/related/")
        assert "<html" in visitor.open(f"/item/{mug}/related/")
    assert "HX-Request" in visitor.client.get(f"/item/{mug}/related/")["Vary"]


def test_a_kept_shelf_takes_one_statement_and_loses_what_is_hidden_with_the_next_request(fair, monkeypatch):
    mug, tea = fair.listing_ids
    tie(Bond.LOOKED, mug, [tea])
    visitor, path = Browser(), f"/item/{mug}/related/"
    assert f"/item/{tea}/" in read_part(visitor, path)
    with captured_statements(monkeypatch) as sent:
        assert f"/item/{tea}/" in read_part(visitor, path)
    assert len(sent) == 1, str(sent)
    suspend_shop(shop_id=fair.shops[1].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    assert f"/item/{tea}/" not in read_part(visitor, path)


def test_the_shelf_of_a_product_that_is_not_shown_is_not_there(fair):
    Browser().open("/item/999999/related/", status=404)
    suspend_shop(shop_id=fair.shops[0].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    Browser().open(f"/item/{fair.listing_ids[0]}/related/", status=404)


@pytest.mark.parametrize(("language", "title"), [("en", "To begin with"), ("zh-CN", "先逛逛这些")])
def test_somebody_unknown_is_told_that_nothing_is_known(street, language, title):
    load_taxonomy()
    top = get_tree(fresh=True).list_tops()[0]
    list_product(street.shops[0], sku="NEW-1", title="新茶", category_id=top.category_id)
    street.index()
    visitor = Browser(language)
    ((loaded, _),) = [found for found in _LOADED.findall(visitor.open("/")) if found[0] == "/for-you/"]
    for text in (read_part(visitor, loaded), visitor.open("/for-you/")):
        assert title in text and "新茶" in text


def test_a_shelf_of_ones_own_is_kept_nowhere(fair):
    for client in (Client(headers={"host": MARKET}), fair.shopper().client):
        answer: Any = client.get("/for-you/")
        assert "private" in answer["Cache-Control"] and "no-store" in answer["Cache-Control"]


def test_what_goes_with_a_cart_stands_below_it(fair):
    mug, tea = fair.listing_ids
    tie(Bond.BOUGHT, mug, [tea])
    visitor = Browser()
    assert _LOADED.findall(visitor.open("/cart/")) == []
    visitor.put_in(mug)
    ((loaded, _),) = _LOADED.findall(visitor.open("/cart/"))
    part = read_part(visitor, loaded)
    assert f"/item/{tea}/" in part and "Others bought both" in part
    assert f"/item/{tea}/" in visitor.open("/cart/goes-with/")
    assert read_part(Browser(), loaded).strip() == ""


def look_at(browser: Browser, listing_id: int) -> None:
    """As the page's script tells it; then the worker writes it down."""
    report = {"token": f"{listing_id:032x}", "query": "", "category": None, "events": [["viewed", listing_id, None]]}
    headers = {"Origin": f"http://{MARKET}", "User-Agent": "Mozilla/5.0"}
    for _ in range(2):  # the first one gives the guest a cookie
        answer = browser.client.post("/seen/", report, content_type="application/json", headers=headers)
        assert answer.status_code == 204
        report["token"] = f"{listing_id + 2**64:032x}"
    take_in(datetime.now(UTC))


@pytest.fixture
def looked(fair) -> tuple[Browser, str]:
    """Somebody who looked at the mug, with which others look at the tea; and the address of the tea."""
    mug, tea = fair.listing_ids
    tie(Bond.LOOKED, mug, [tea])
    visitor = Browser()
    look_at(visitor, mug)
    return visitor, f"/item/{tea}/"


def test_a_guests_shelf_follows_what_the_guest_looked_at_and_is_nobody_elses(looked):
    visitor, tea = looked
    assert "Because you looked at “青釉马克杯 EN”" in visitor.open("/for-you/")
    for stranger in (Browser(), Browser("zh-CN")):
        page = stranger.open("/for-you/")
        assert "Because you looked at" not in page and "因为你看过" not in page
    assert tea in visitor.open("/for-you/")


def test_switched_off_nothing_is_read_and_nothing_is_kept(looked, fair):
    visitor, _ = looked
    answer = visitor.send("/interests/switch/", page="/interests/", on="0")
    assert answer.status_code == 302
    assert "is deleted, and nothing more is kept" in visitor.open("/interests/")
    assert not SearchEvent.objects.filter(visitor__isnull=False).exists()
    before = SearchEvent.objects.count()
    look_at(visitor, fair.listing_ids[0])
    assert SearchEvent.objects.count() == before
    page = visitor.open("/for-you/")
    assert "Because you looked at" not in page
    visitor.send("/interests/switch/", page="/interests/", on="1")
    look_at(visitor, fair.listing_ids[0])
    assert "Because you looked at" in visitor.open("/for-you/")


def test_a_members_choice_holds_on_every_device(looked, fair):
    first, second = fair.shopper(), fair.shopper()
    look_at(first, fair.listing_ids[0])
    assert "Because you looked at" in second.open("/for-you/")
    first.send("/interests/switch/", page="/interests/", on="0")
    assert "Because you looked at" not in second.open("/for-you/")
    look_at(second, fair.listing_ids[0])
    assert "Because you looked at" not in second.open("/for-you/")
    assert "Off" in second.open("/interests/")


def test_deleting_forgets_and_goes_on(looked, fair):
    visitor, _ = looked
    visitor.send("/interests/forget/", page="/interests/")
    assert "Because you looked at" not in visitor.open("/for-you/")
    look_at(visitor, fair.listing_ids[0])
    assert "Because you looked at" in visitor.open("/for-you/")


def test_a_browser_that_refuses_to_be_followed_is_not(fair):
    mug, tea = fair.listing_ids
    tie(Bond.LOOKED, mug, [tea])
    visitor = Browser()
    visitor.client.defaults["HTTP_SEC_GPC"] = "1"
    look_at(visitor, mug)
    assert not SearchEvent.objects.exists()
    assert "Your browser asks every site not to follow you" in visitor.open("/interests/")


def test_a_purchase_is_no_reason_once_it_is_switched_off(fair, now):
    mug, tea = fair.listing_ids
    tie(Bond.BOUGHT, mug, [tea])
    buy(now, "P1", (1, "completed", [mug]), buyer_id=fair.buyer.user_id)
    shopper = fair.shopper()
    assert "Because you bought" in shopper.open("/for-you/")
    shopper.send("/interests/switch/", page="/interests/", on="0")
    assert "Because you bought" not in shopper.open("/for-you/")


def test_no_page_that_is_kept_holds_a_word_of_somebody(looked, fair):
    visitor, _ = looked
    for path in ("/", f"/item/{fair.listing_ids[0]}/", f"/item/{fair.listing_ids[0]}/related/", "/search"):
        assert "Because you" not in visitor.open(path)
        assert "Because you" not in Browser().open(path)


def test_what_goes_with_ones_own_order_stands_below_it_and_below_nobody_elses(fair, now):
    mug, tea = fair.listing_ids
    tie(Bond.BOUGHT, mug, [tea])
    (share_no,) = buy(now, "P1", (1, "paid", [mug]), buyer_id=fair.buyer.user_id)
    shopper, path = fair.shopper(), f"/orders/{share_no}/goes-with/"
    assert f"/item/{tea}/" in read_part(shopper, path) and f"/item/{tea}/" in shopper.open(path)
    fair.stranger().open(path, status=404)
    assert Browser().client.get(path).status_code == 302


def test_an_account_leads_to_the_switch(fair):
    assert 'href="/interests/"' in fair.shopper().open("/account/")


def test_the_switch_is_no_link_and_asks_for_a_token(fair):
    client = Client(enforce_csrf_checks=True, headers={"host": MARKET})
    assert client.get("/interests/switch/").status_code == 405
    for path in ("/interests/switch/", "/interests/forget/"):
        assert client.post(path, {"on": "0"}).status_code == 403
