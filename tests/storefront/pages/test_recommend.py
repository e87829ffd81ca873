"""Shelves on pages: parts that a script puts in, pages without one; nothing of one person in anybody else's."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from market.shops.services import suspend_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.results.contracts import Bond
from tests.fixtures.api import MARKET, list_product
from tests.fixtures.statements import captured_statements
from tests.search.results.test_related import tie
from tests.storefront.pages.conftest import Browser, Street

_LOADED = re.compile(r'hx-get="(/[^"]+/)" hx-trigger="[^"]+" hx-swap="outerHTML"><a href="([^"]+)"')


@pytest.fixture
def fair(street: Street) -> Street:
    load_taxonomy()
    get_tree(fresh=True)
    street.index()
    return street


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
