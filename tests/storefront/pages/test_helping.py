"""What helps where nothing, or not quite the thing, was found; one address for one question; words taken for others."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.curation.contracts import HotWord
from search.curation.services import save_hot_word
from search.listings.services.wording import count_words
from search.suggestions.services import catch_up
from storefront.browse import helping
from tests.fixtures.api import MARKET, list_product
from tests.storefront.pages.conftest import Browser


@pytest.fixture
def fair(street):
    load_taxonomy()
    get_tree(fresh=True)
    for number in range(3):
        list_product(street.shops[0], sku=f"L-{number}", title="琉璃宫灯", brand="Gong")
    catch_up()
    street.index()
    return street


def test_where_nothing_has_all_words_it_is_said_which_word_to_leave_out(fair):
    page = Browser("en").open("/search?q=宫灯+qqzz+琉璃&min=1")
    assert "No goods hold all of these words" in page and "琉璃宫灯 EN" in page
    assert re.findall(r'<a href="([^"]+)">Without “(\w+)”: (\d+) products</a>', page) == [
        ("/search?q=%E5%AE%AB%E7%81%AF+%E7%90%89%E7%92%83&min=1", "qqzz", "3")
    ]


def test_an_empty_page_says_what_was_looked_for_and_leads_on(fair):
    page = Browser("en").open("/search?q=gonga")
    assert "<strong>gonga</strong>" in page
    assert re.search(r'class="chip" href="/search\?brand=gong">Gong', page), "one letter too many"
    assert "Ways on" in page and 'href="/c/' in page
    assert "What sells on the market" in page and "琉璃宫灯 EN" in page


def test_an_empty_page_does_not_promise_what_comes_closest(fair):
    page = Browser("en").open("/search?q=qqzz+wwvv")
    assert "Nothing found" in page and "what comes closest" not in page


def test_an_empty_page_of_filters_leads_out_of_them(fair):
    page = Browser("en").open("/search?min=99999&q=a%26b")
    assert 'href="/search?q=a%26b"' in page.replace("&amp;", "&")
    assert "Clear all filters" in page


def test_words_that_were_taken_for_others_can_be_had_as_written(fair):
    list_product(fair.shops[0], sku="EAR", title="蓝牙耳机")
    fair.index()
    count_words()
    page = Browser("en").open("/search?q=erji&sort=newest")
    assert "Showing results for “耳机”." in page and "蓝牙耳机 EN" in page
    (href,) = re.findall(r'<a href="([^"]+)">Search for “erji” instead</a>', page.replace("&amp;", "&"))
    assert href == "/search?q=erji&exact=1&sort=newest"
    written = Browser("en").open(href)
    assert "Showing results for" not in written and "Nothing found" in written


def test_a_word_to_leave_out_is_said_of_what_the_words_were_taken_for(fair):
    list_product(fair.shops[0], sku="EAR", title="蓝牙耳机")
    fair.index()
    count_words()
    page = Browser("en").open("/search?q=erji+qqzz+蓝牙")
    assert "Showing results for" in page and "No goods hold all of these words" in page
    assert re.findall(r">Without “(\w+)”: (\d+) products?</a>", page) == [("qqzz", "1")]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("/search?sort=newest&q=lamp", "/search?q=lamp&sort=newest"),
        ("/search?brand=b&brand=a&q=x&brand=a&utm_source=y&page=1&sort=best&min=", "/search?q=x&brand=a&brand=b"),
        ("/search?a.色=b&max=3&a.色=a&min=2&c=1", "/search?c=1&a.%E8%89%B2=a&a.%E8%89%B2=b&min=2&max=3"),
        ("/search", "/search"),
    ],
)
def test_all_that_ask_the_same_have_one_address(fair, asked, named):
    answer = Client(headers={"host": MARKET}).get(asked)
    assert answer["Link"].startswith("<http") and answer["Link"].endswith(f'{named}>; rel="canonical"')


def test_what_staff_offer_stands_below_the_box_and_in_it(fair):
    now = datetime.now(UTC)
    visitor = Browser("en")
    assert "Palace lamps" not in visitor.open("/search?q=宫灯")
    save_hot_word(word=HotWord(0, "宫灯", "Palace lamps", "宫灯", 1), actor_id=1, now=now)
    tomorrow = HotWord(0, "明天", "Tomorrow's word", "明天", 2, starts_at=now + timedelta(days=1))
    save_hot_word(word=tomorrow, actor_id=1, now=now)
    for path in ("/search?q=宫灯", "/", "/search/suggest?q="):
        page = visitor.open(path)
        assert 'href="/search?q=%E5%AE%AB%E7%81%AF">Palace lamps</a>' in page and "Tomorrow's word" not in page, path


def test_help_costs_no_statement_where_all_was_found(fair, monkeypatch):
    monkeypatch.setattr(helping, "search", lambda *_, **__: pytest.fail("asked again"))
    assert "Nothing found" not in Browser("en").open("/search?q=宫灯")
