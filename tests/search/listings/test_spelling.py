"""What was meant by words that nothing is called by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.listings.rules.spelling import (
    correct_words,
    count_wrong_letters,
    list_asked_keys,
    list_doubtful,
    list_letter_keys,
)
from tenants.catalog.contracts import Text
from tests.search.listings.making import make_listing
from tests.search.listings.vocabulary import ListVocabulary

TITLES = [
    "Acme laser printer",
    "Acme printer paper",
    "Acme headphones",
    "Toner cartridge",
    "Canon camera",
    "蓝牙耳机",
    "无线耳机",
    "华为手机",
    "化妆水",
    "笔记本电脑",
]
VOCABULARY = ListVocabulary(
    make_listing(n, title=Text(title), category_path=()) for n, title in enumerate(TITLES, start=1)
)
words = st.text(alphabet="abcdef", min_size=3, max_size=9)


def correct(text: str) -> str:
    return correct_words(text, VOCABULARY.list_similar(list_doubtful(text)))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pritner", "printer"),
        ("hedphones", "headphones"),
        ("Tonner CARTRIGE", "toner cartridge"),
        ("cannon camera", "canon camera"),
        ("蓝牙耳几", "蓝牙耳机"),
        ("化状水", "化妆水"),
        ("shouji", "手机"),
        ("huaweishouji", "华为手机"),
        ("hua wei printer", "华为 printer"),
        ("bijibendiannao", "笔记本电脑"),
        ("dayinji", "打印机"),
        ("sj", "手机"),
    ],
)
def test_a_wrong_word_is_taken_for_what_is_near_by_letters_or_sound(written: str, meant: str) -> None:
    assert correct(written) == meant


@pytest.mark.parametrize("text", ["printer", "canon tn-2110", "华为手机", "xqzwv", "12345", "", "tn-2111", "a", "龘龘"])
def test_known_words_numbers_models_and_what_nothing_is_near_to_stay(text: str) -> None:
    assert correct(text) == ""


@given(words, st.integers(0, 8), st.sampled_from("abcdefxyz"), st.sampled_from(["drop", "add", "change", "swap"]))
def test_one_wrong_letter_is_always_found_by_a_common_key(word: str, place: int, letter: str, how: str) -> None:
    place %= len(word)
    wrong = {
        "drop": word[:place] + word[place + 1 :],
        "add": word[:place] + letter + word[place:],
        "change": word[:place] + letter + word[place + 1 :],
        "swap": word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    }[how]
    assert set(list_letter_keys(word)) & set(list_asked_keys(wrong))
    assert count_wrong_letters(word, wrong, most=2) <= 1


@given(words, words)
def test_the_distance_is_the_same_both_ways_and_zero_for_equals_only(one: str, other: str) -> None:
    distance = count_wrong_letters(one, other, most=2)
    assert distance == count_wrong_letters(other, one, most=2)
    assert (distance == 0) is (one == other)


@given(st.text(max_size=100))
def test_any_text_can_be_asked_about(text: str) -> None:
    doubtful = list_doubtful(text)
    assert len(doubtful) <= 40
    assert sum(len(list_asked_keys(word)) for word in doubtful) < 40 * 800
    correct(text)
