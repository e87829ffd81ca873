"""What many people ask completes what is typed, as long as they ask it and find something."""

from datetime import date, timedelta

import pytest

from search.curation.services import block_word
from search.signals.models import Query, QueryDay
from search.suggestions.models import Phrase, PhraseKey
from search.suggestions.services import catch_up, count_asked, sweep
from tests.search.suggestions.conftest import DIGITAL, PHONES

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def any_market(market):
    return market


def ask(words: str, *, people: int = 9, searches: int = 20, nothing: int = 0, days_ago: int = 0) -> None:
    query, _ = Query.objects.get_or_create(key=words)
    day = TODAY - timedelta(days=days_ago)
    QueryDay.objects.create(query=query, day=day, searches=searches, nothing_found=nothing, visitors=people)


@pytest.mark.parametrize(
    ("words", "typed"), [("iphone 15 case", "15"), ("露营灯 充电", "lyd"), ("露营灯 充电", "chong")]
)
def test_what_many_ask_is_offered_by_any_beginning(market, words, typed):
    ask(words)
    assert count_asked(today=TODAY) == 1
    (found,) = [one for one in market.suggest(typed) if one.text == words]
    assert (found.kind, found.listings, found.category_id) == ("words", None, None)


def test_what_few_ask_or_nobody_finds_or_was_long_ago_is_not_offered(market):
    ask("lamp one", people=4)
    ask("lamp two", nothing=11)
    ask("lamp three", days_ago=20)
    ask("lamp " + "x" * 60)
    assert count_asked(today=TODAY) == 0 and not market.suggest("lamp")


def test_counting_again_changes_nothing_and_what_is_asked_no_more_goes(market):
    ask("usb lamp")
    ask("usb fan", people=30)
    assert count_asked(today=TODAY) == 2 and count_asked(today=TODAY) == 0
    assert [one.text for one in market.suggest("usb", "en")] == ["usb fan", "usb lamp"]
    ask("usb lamp", people=90, days_ago=1)
    assert count_asked(today=TODAY) == 1
    assert [one.text for one in market.suggest("usb", "en")] == ["usb lamp", "usb fan"]
    assert count_asked(today=TODAY + timedelta(days=30)) == 2
    assert not market.suggest("usb") and not PhraseKey.objects.exists()


def test_words_that_goods_are_called_by_too_are_offered_once_with_their_category(market):
    market.put_many(2, "防水手机", path=(DIGITAL, PHONES))
    catch_up()
    ask("防水手机", people=500)
    count_asked(today=TODAY)
    found = market.suggest("防水")
    assert [(one.text, one.category_id) for one in found if one.text == "防水手机"] == [
        ("防水手机", PHONES.category_id)
    ]


def test_what_staff_blocked_is_not_offered(market):
    ask("usb lamp")
    count_asked(today=TODAY)
    block_word(words="USB Lamp", actor_id=1, now=market.now)
    assert not market.suggest("usb")


def test_the_proof_of_the_counts_leaves_it_alone(market):
    market.put_many(2, "防水手机", path=(DIGITAL, PHONES))
    catch_up()
    ask("usb lamp")
    count_asked(today=TODAY)
    assert sweep().is_clean
    assert Phrase.objects.filter(key="q:usb lamp", is_shown=True).exists()
