"""The vocabulary in its table follows the listings, and search takes wrong words for what they were meant for."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.shops.contracts import ShopContext
from market.shops.selectors import read_epochs
from search.listings.contracts import SearchQuery
from search.listings.lexicon import get_lexicon
from search.listings.models import CountedWords, KnownWordRow, WordPosition
from search.listings.selectors import search
from search.listings.selectors.vocabulary import TableVocabulary
from search.listings.services import wording
from search.listings.services.wording import count_changed_words, count_words
from tenants.catalog.contracts import ProductStatus, Text
from tests.search.listings.conftest import Goods

pytestmark = pytest.mark.usefixtures("committed_db")
IndexNow = Callable[[], None]


def counts() -> dict[str, int]:
    return dict(KnownWordRow.objects.values_list("word", "documents"))


def test_words_are_counted_as_listings_come_change_and_go(goods: Goods, shop_a: ShopContext) -> None:
    first = goods.create(shop_a)
    second = goods.create(shop_a, title=Text("青釉茶壶", "Celadon teapot"))
    goods.deliver()
    count_words()
    assert counts()["celadon"] == 2 and counts()["马克杯"] == 1
    goods.change(shop_a, first, title=Text("影青碗", "Bowl"))
    goods.deliver()
    count_words()
    assert counts()["celadon"] == 1 and "马克杯" not in counts()
    for product_id in (first, second):
        goods.set_status(shop_a, product_id, ProductStatus.DRAFT)
    goods.deliver()
    count_words()
    assert not counts() and not CountedWords.objects.exists()


def test_counting_again_from_any_place_changes_nothing(goods: Goods, shop_a: ShopContext) -> None:
    for number in range(6):
        goods.create(shop_a, title=Text(f"茶壶 {'大' * number}", "Teapot"))
    goods.deliver()
    count_words()
    before = counts()
    random_ = random.Random(3)
    for _ in range(5):
        WordPosition.objects.update(change_no=random_.randint(0, 5))
        while count_changed_words(limit=random_.randint(1, 3)):
            pass
        assert counts() == before


def test_words_of_another_lexicon_are_counted_anew(
    goods: Goods, shop_a: ShopContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods.create(shop_a, title=Text("青釉保温杯"))
    goods.deliver()
    with monkeypatch.context() as before:
        before.setattr(wording, "list_called_words", lambda document: ["青釉"])
        count_words()
    count_words()
    assert counts() == {"青釉": 1}
    monkeypatch.setattr(wording, "get_lexicon", lambda: replace(get_lexicon(), version="another"))
    count_words()
    assert counts()["保温杯"] == 1 and WordPosition.objects.get().lexicon == "another"


def test_the_table_answers_by_letters_and_by_sound(goods: Goods, shop_a: ShopContext) -> None:
    goods.create(shop_a, title=Text("蓝牙耳机", "Headphones"))
    goods.deliver()
    count_words()
    vocabulary = TableVocabulary()
    for asked, known in [("hedphones", "headphones"), ("erji", "耳机"), ("headphones", "headphones")]:
        assert known in {word.word for word in vocabulary.list_similar([asked])}
    assert not vocabulary.list_similar(["qqqqqq"])


def test_search_says_what_it_took_the_words_for(goods: Goods, shop_a: ShopContext, index_now: IndexNow) -> None:
    goods.create(shop_a, title=Text("蓝牙耳机", "Headphones"))
    goods.deliver()
    index_now()
    count_words()
    for words, meant in [("hedphones", "headphones"), ("erji", "耳机"), ("blutooth hedphones", "headphones")]:
        page = search(SearchQuery(words=words))
        assert meant in page.corrected_words
        assert [card.title.zh for card in page.hits] == ["蓝牙耳机"]
    page = search(SearchQuery(words="耳机"))
    assert page.hits and page.corrected_words == ""


def test_an_unknown_word_costs_one_statement_more(goods: Goods, shop_a: ShopContext, index_now: IndexNow) -> None:
    goods.create(shop_a, title=Text("蓝牙耳机", "Headphones"))
    goods.deliver()
    index_now()
    count_words()
    search(SearchQuery(words="耳机"))
    for words, most in [("headphones", 0), ("hedphones", 1), ("qqqqqqq", 1)]:
        epochs = read_epochs()
        with CaptureQueriesContext(
            connection,
        ) as sent:
            search(SearchQuery(words=words), epochs=epochs)
        assert len([one for one in sent if one["sql"].startswith("SELECT")]) <= most
