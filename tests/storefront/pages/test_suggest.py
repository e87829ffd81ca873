"""The rows below the search box, as a script gets them."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from market.shops.services import suspend_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.curation.services import block_word
from search.signals.contracts import HotWord
from search.suggestions.services import catch_up
from storefront.browse import suggesting
from tests.fixtures.api import MARKET, list_product
from tests.fixtures.statements import captured_statements
from tests.storefront.pages.conftest import Browser

ROW = re.compile(r'<a role="option" data-text="([^"]*)" href="([^"]*)">')


@pytest.fixture
def fair(street):
    """Two mugs of alpha and two of beta in one category, and one hidden lamp."""
    load_taxonomy()
    tree = get_tree(fresh=True)
    category = tree.list_children(tree.tops[0])[0]
    for number, shop in enumerate((*street.shops, *street.shops)):
        list_product(shop, sku=f"CUP-{number}", title="青釉宫灯", category_id=category.category_id, brand="Qing & Co")
    catch_up()
    street.category = category
    return street


def test_rows_lead_to_the_category_the_brand_and_the_words(fair):
    visitor = Browser("en")
    assert (fair.category.name_en, f"/c/{fair.category.slug}/") in ROW.findall(
        visitor.open(rows_of(fair.category.name_en))
    )
    assert ("Qing & Co", "/search?brand=qing+%26+co") in ROW.findall(visitor.open(rows_of("qing")))
    ((text, href), *_) = ROW.findall(visitor.open(rows_of("gongd")))
    assert text == "宫灯" and href.startswith("/search?q=%E5%AE%AB%E7%81%AF&c=")
    assert "4 products" in visitor.open(rows_of("qing"))


def rows_of(typed: str) -> str:
    return f"/search/suggest?q={typed}"


def test_an_empty_box_offers_ways_on(fair):
    page = Browser("en").open("/search/suggest?q=")
    assert "Often looked for" in page and f'href="/c/{fair.category.slug}/"' in page
    nothing = Browser("en").open("/search/suggest?q=zzzzqq")
    assert "option" not in nothing and "looked for" not in nothing


def test_a_guess_is_called_one(fair):
    assert "Did you mean" in Browser("en").open(rows_of("gondeng"))
    assert "Did you mean" not in Browser("en").open(rows_of("gongde"))


@pytest.mark.parametrize(
    "query", ["q=%3Cscript%3E", "q=" + "a" * 5_000, "q=%E2%80%AE&limit=-1", "limit=1e9", "q=m&limit=2"]
)
def test_anything_may_be_asked(fair, query):
    page = Browser("en").open(f"/search/suggest?{query}")
    assert "<script" not in page and len(ROW.findall(page)) <= 10


def test_who_switched_personal_use_off_is_told_to_forget(fair):
    visitor = Browser("en")
    assert 'data-personal="on"' in visitor.open("/search/suggest?q=")
    visitor.client.cookies["interests"] = "off"
    assert 'data-personal="off"' in visitor.open("/search/suggest?q=")


def test_what_many_people_ask_is_offered_but_not_what_staff_blocked(fair, monkeypatch):
    asked = [HotWord("骨瓷 茶壶", 9.0), HotWord("脏话", 8.0)]
    monkeypatch.setattr(suggesting, "list_hot_words", lambda *, today: asked)
    block_word(words="脏话", actor_id=1, now=datetime.now(UTC))
    page = Browser("en").open("/search/suggest?q=")
    assert 'href="/search?q=%E9%AA%A8%E7%93%B7+%E8%8C%B6%E5%A3%B6">骨瓷 茶壶</a>' in page and "脏话" not in page


def test_browsers_keep_rows_for_themselves_and_for_seconds(fair):
    answer = Client(headers={"host": MARKET}).get(rows_of("go"))
    assert answer["Cache-Control"] == "private, max-age=30"
    assert {"Cookie", "Accept-Language"} <= set(answer["Vary"].split(", "))
    assert "Set-Cookie" not in answer


def test_a_shops_own_host_has_rows_that_lead_to_the_market(fair):
    answer = Client(headers={"host": f"alpha.{MARKET}"}).get(rows_of("qing"))
    assert answer.status_code == 200
    assert all(href.startswith("http") for _, href in ROW.findall(answer.content.decode()))


def test_rows_are_gone_with_their_only_shop(fair):
    for number in range(2):
        list_product(fair.shops[1], sku=f"LAMP-{number}", title="琉璃花瓶", brand="Einzel")
    catch_up()
    visitor = Browser("en")
    assert ROW.findall(visitor.open(rows_of("einzel"))) and ROW.findall(visitor.open(rows_of("花瓶")))
    suspend_shop(shop_id=fair.shops[1].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    for typed in ("einzel", "花瓶", "huaping", "hp"):
        assert "花瓶" not in visitor.open(rows_of(typed)) and "Einzel" not in visitor.open(rows_of(typed))


def test_rows_cost_two_statements_and_touch_no_shop(fair, monkeypatch):
    visitor = Client(headers={"host": MARKET})
    visitor.get(rows_of("go"))
    for typed, most in (("go", 2), ("宫灯", 2), ("gondeng", 3), ("公灯", 4), ("", 2), ("", 1)):
        with captured_statements(monkeypatch) as seen:
            visitor.get(rows_of(typed))
        assert len(seen) <= most and not seen.touches_shop, f"{typed}\n{seen}"


def test_who_asks_too_often_waits(fair, settings, monkeypatch):
    settings.RATE_LIMITS_ON = True
    asked = []
    monkeypatch.setattr("web.middleware.limits.take_token", lambda keys, limit, *, now: asked.append(limit.name) or 7)
    answer = Client(headers={"host": MARKET}).get(rows_of("go"))
    assert (answer.status_code, answer["Retry-After"], asked) == (429, "7", ["suggest"])
