"""Text becomes the same tokens whoever wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.listings.rules.facets import make_key, make_name_key
from search.tokens.chinese import EDGE, read_query, tokenize
from search.tokens.text import LONGEST_TOKEN, clean, cut
from tenants.catalog.contracts import Text


def words(text: str) -> set[str]:
    return set(tokenize(text).words)


def asked(text: str) -> list[str]:
    return [term.whole for term in read_query(text)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ＭＵＪＩ　４００ＭＬ", "muji 400ml"),
        ("筆記型電腦與滑鼠", "笔记型电脑与滑鼠"),
        ("Core™2 Duo®", "core 2 duo "),
        ("①②", "12"),
        ("ﬁt", "fit"),
    ],
)
def test_cleaning_levels_width_script_and_case(written: str, read: str) -> None:
    assert clean(written).replace("鼠标", "滑鼠") == read


@pytest.mark.parametrize(
    ("written", "token"),
    [
        ("128GB", "128gb"),
        ("128 gb", "128gb"),
        ("5.5寸", "5.5寸"),
        ("5.50英寸", "5.5寸"),
        ('5.5"', "5.5寸"),
        ("5.5 inches", "5.5寸"),
        ("400毫升", "400ml"),
        ("2公斤", "2kg"),
        ("1,300 g", "1300g"),
        ("5000毫安时", "5000mah"),
        ("150×220mm", "220mm"),
        ("2.4GHz", "2.4ghz"),
    ],
)
def test_a_number_and_its_unit_are_one_token(written: str, token: str) -> None:
    assert token in words(written)
    assert token in asked(written)


@pytest.mark.parametrize("written", ["5 generals", "12 lamps", "3 walls"])
def test_a_word_after_a_number_is_not_its_unit(written: str) -> None:
    number, word = written.split()
    assert asked(written) == [number, word.rstrip("s")]


def test_a_model_number_is_kept_whole_and_in_parts() -> None:
    assert words("TN-2110") == {"tn2110", "tn", "2110"}
    assert words("dv7-1211ea") >= {"dv71211ea", "dv7", "1211ea"}
    assert words("iPhone13") == {"iphone13", "iphon", "13"}


def test_a_queried_model_is_met_by_its_smallest_parts() -> None:
    (term,) = read_query("iphone13")
    assert (term.whole, term.parts) == ("iphone13", ("iphon", "13"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("laptops", "laptop"), ("running", "runs"), ("Women's", "women"), ("wi-fi", "WiFi"), ("batteries", "battery")],
)
def test_english_forms_of_a_word_meet(one: str, other: str) -> None:
    assert asked(one)[0] in words(other)


def test_chinese_is_cut_into_words_and_kept_by_character() -> None:
    tokens = tokenize("青釉马克杯 手工")
    assert {"马克杯", "手工"} <= set(tokens.words)
    assert tokens.characters == (*"青釉马克杯", EDGE, *"手工", EDGE)


def test_mixed_text_is_cut_at_the_edge_of_scripts() -> None:
    assert asked("华为Mate60手机壳") == ["华为", "mate60", "手机", "壳"]


def test_stop_words_count_only_when_there_is_nothing_else() -> None:
    assert asked("the bag for a laptop") == ["bag", "laptop"]
    assert asked("the") == ["the"]


def test_a_query_has_a_bounded_number_of_terms() -> None:
    assert len(read_query(" ".join(f"word{n}" for n in range(99)))) == 16


@given(st.text(max_size=200))
def test_any_text_gives_tokens_that_an_index_can_hold(text: str) -> None:
    for piece in cut(text):
        assert piece.token
        for token in (piece.token, *piece.parts):
            assert token == "".join(token.split())
            assert piece.kind == "han" or len(token) <= LONGEST_TOKEN
    tokens = tokenize(text)
    assert all(len(character) == 1 for character in tokens.characters)


@given(st.text(alphabet="青釉马克杯電腦 aBc-_'.x×1289ＡＢ寸gm\"", max_size=40))
def test_a_text_is_found_by_each_of_its_own_words(text: str) -> None:
    tokens = tokenize(text)
    row = "".join(tokens.characters)
    for term in read_query(text):
        by_characters = bool(term.characters) and "".join(term.characters) in row
        assert term.whole in tokens.words or by_characters or set(term.parts) <= set(tokens.words)


@given(st.text(max_size=300))
def test_keys_are_stable_and_short(text: str) -> None:
    key = make_key(text)
    assert len(key) <= 40
    assert make_key(key) == key
    assert not any(ord(character) < 32 for character in key)


def test_names_that_mean_the_same_have_one_key() -> None:
    names = [Text("颜色", ""), Text("", "Color"), Text("", "colour"), Text("颜色分类", "x"), Text("外观", "Color")]
    assert {make_name_key(name) for name in names} == {"颜色"}
