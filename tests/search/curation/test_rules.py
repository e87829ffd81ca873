"""What a query is known by, and which groups of synonyms make sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.curation.contracts import LONGEST_PHRASE, SynonymGroup
from search.curation.rules import BadPhrases, check_groups, clean_phrases, make_query_key


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mugs", " mug "), ("ＵＳＢ hub", "usb  HUB"), ("筆記本", "笔记本"), ("5.5英寸", '5.5"'), ("TN-2110", "tn2110")],
)
def test_queries_that_ask_the_same_have_one_key(one: str, other: str) -> None:
    assert make_query_key(one) == make_query_key(other) != ""


@given(st.text(max_size=120))
def test_a_key_is_short_and_stays_what_it_is(words: str) -> None:
    key = make_query_key(words)
    assert len(key) <= LONGEST_PHRASE and key == key.strip()


@pytest.mark.parametrize(
    ("phrases", "reason"),
    [
        ([], "too_few"),
        (["手机"], "too_few"),
        (["手机", "  "], "too_few"),
        (["mug", "Mugs"], "same_twice"),
        (["手机", "！？"], "no_word"),
        (["手机", "x" * 41], "too_long"),
        ([f"w{n}" for n in range(21)], "too_many"),
    ],
)
def test_a_group_that_would_do_nothing_is_refused(phrases: list[str], reason: str) -> None:
    with pytest.raises(BadPhrases) as refused:
        clean_phrases(phrases)
    assert refused.value.reason == reason


def test_phrases_are_kept_as_they_are_written() -> None:
    assert clean_phrases([" 移动  电话 ", "Mobile Phone"]) == ("移动 电话", "Mobile Phone")


def test_two_groups_may_share_a_phrase_but_not_a_pair() -> None:
    fruit, brand = SynonymGroup(1, ("苹果", "apple fruit")), SynonymGroup(2, ("苹果", "Apple"))
    check_groups(brand, [fruit])
    check_groups(SynonymGroup(1, ("苹果", "apple fruit", "果")), [fruit, brand])
    with pytest.raises(BadPhrases) as refused:
        check_groups(SynonymGroup(3, ("APPLE", "苹果", "mac"), is_one_way=True), [fruit, brand])
    assert (refused.value.reason, refused.value.phrase) == ("said_elsewhere", "APPLE")
