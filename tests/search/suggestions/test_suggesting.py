"""What is suggested for what is typed."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from market.shops.services import suspend_shop
from search.curation.services import block_word
from search.suggestions import selectors
from search.suggestions.contracts import MOST_SUGGESTIONS, Kind
from tests.fixtures.statements import captured_statements
from tests.search.suggestions.conftest import DIGITAL, PHONES


@pytest.mark.parametrize("typed", ["手", "手机", "s", "sj", "sh", "shouj", "shouji", "shou ji", "手機"])
def test_chinese_is_found_by_writing_by_sound_and_by_initials(market, typed):
    market.put_many(2, "防水手机", path=(DIGITAL, PHONES))
    assert "手机" in market.texts(typed)


@pytest.mark.parametrize("typed", ["c", "celadon", "mu", "mug", "celadon m"])
def test_english_is_found_from_the_start_of_any_word(market, typed):
    market.put_many(2, "", "Celadon mug")
    assert "celadon mug" in market.texts(typed, "en")


@pytest.mark.parametrize("typed", ["shuoji", "shoji", "shoujji", "mobike", "收机"])
def test_one_error_is_forgiven_and_said(market, typed):
    market.put_many(2, "手机", "Mobile phone", path=(DIGITAL, PHONES))
    market.put_many(2, "收纳盒", path=())
    texts = market.texts(typed)
    assert {"手机", "Mobile phones"} & set(texts)
    assert all(suggestion.is_near for suggestion in market.suggest(typed))


def test_what_sells_comes_first(market):
    market.put_many(2, "手套", path=(), sold=1)
    market.put_many(2, "手表", path=(), sold=900)
    market.put_many(2, "手链", path=(), sold=30)
    assert market.texts("手") == ["手表", "手链", "手套"]


def test_the_readers_language_comes_first(market):
    market.put_many(2, "沙发", "Shade sofa", path=())
    market.put_many(2, "", "Sharp shears", path=(), sold=500)
    assert market.texts("sh", "zh")[0] == "沙发"
    assert market.texts("sh", "en")[-1] == "沙发"


def test_a_category_says_how_many_goods_it_holds_and_words_say_where_they_are(market):
    market.put_many(3, "青釉马克杯")
    market.put("青釉茶碗")
    by_text = {one.text: one for one in market.suggest("nothing yet")}
    assert by_text == {}
    market.texts("马克")
    category = market.suggest("马克")[0]
    assert (category.kind, category.category_id, category.listings) == (Kind.CATEGORY, 102, 4)
    words = market.suggest("青釉马")[0]
    assert (words.kind, words.category_id, words.listings) == (Kind.WORDS, 102, None)


def test_a_brand_says_how_many_goods_it_has(market):
    market.put_many(2, "茶壶", brand="MUJI")
    market.texts("muj")
    brand = market.suggest("muj")[0]
    assert (brand.text, brand.kind, brand.brand, brand.listings) == ("MUJI", Kind.BRAND, "muji", 2)


def test_nothing_hidden_is_suggested(market):
    rows = market.put_many(2, "绝密手办", brand="Geheim", path=(DIGITAL, PHONES))
    assert "手办" in market.texts("手办") and market.texts("geheim") and market.texts("数码")
    market.hide(rows[0])
    assert market.texts("手办") == [] and market.texts("geheim") == ["Geheim"]
    market.hide(rows[1])
    for typed in ("手办", "geheim", "数码", "sj", "s", "绝"):
        assert market.texts(typed) == [], typed


def test_words_of_a_suspended_shop_are_gone_with_the_next_question(market):
    market.put_many(2, "孤品手炉", shop="beta", path=())
    market.put_many(2, "手炉", shop="alpha", path=())
    assert set(market.texts("手炉")) | set(market.texts("孤品")) == {"手炉", "孤品手炉"}
    suspend_shop(shop_id=market.shops["beta"].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    assert [one.text for one in market.suggest("孤品")] == []
    assert [one.text for one in market.suggest("手炉")] == ["手炉"]


def test_words_that_staff_blocked_are_not_offered(market):
    market.put_many(2, "防水手机", path=(DIGITAL, PHONES), brand="手机")
    assert "防水手机" in market.texts("fangshui")
    block_word(words="防水手机", actor_id=1, now=datetime.now(UTC))
    block_word(words="手机", actor_id=1, now=datetime.now(UTC))
    assert "防水手机" not in market.texts("fangshui") and market.texts("手机"), "a brand and a category are no words"


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "'", "\\", "\x00", "😀", "a" * 100, "手" * 100, "-", "&|!()"])
def test_anything_may_be_typed(market, typed):
    market.put_many(2, "手机", "Phone", brand="100%")
    assert market.texts(typed) in ([], ["100%"])


def test_there_are_never_more_than_ten_and_never_one_twice(market):
    for number in "一二三四五六七八九十甲乙丙丁":
        market.put_many(2, f"{number}号手机", path=(), brand=f"手{number}")
    texts = market.texts("手")
    assert len(texts) == MOST_SUGGESTIONS == len({text.casefold() for text in texts})
    assert len(market.suggest("手", limit=3)) == 3 and market.suggest("手", limit=0) == []
    assert len(market.suggest("手", limit=99)) == MOST_SUGGESTIONS


def test_completions_cost_one_statement_and_guesses_another(market, monkeypatch):
    for title in ("手机", "手表", "手套"):
        market.put_many(2, title, path=())
    market.texts("手")
    costs = {}
    for typed in ("手", "shou", "shoutao", "shuotao", "收套"):
        with captured_statements(monkeypatch) as seen:
            market.suggest(typed)
        costs[typed] = len(seen) - 1  # the epochs, which a request knows
        assert not seen.touches_shop
    assert costs["手"] == costs["shou"] == 1
    assert max(costs.values()) <= 3, costs


@pytest.mark.parametrize(("probe", "index"), [("s", "one"), ("手机", "two"), ("sho", "three"), ("shou", "typed")])
def test_every_beginning_is_answered_by_an_index_in_the_order_of_weight(market, probe, index):
    condition, values = selectors._begins(probe)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN SELECT phrase_id FROM suggestions_phrasekey WHERE {condition} AND language = %s"
            " ORDER BY weight DESC LIMIT 30",
            [*values, "zh"],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"phrase_key_by_{index}" in plan
    assert ("Sort" in plan) == (index == "typed"), plan
