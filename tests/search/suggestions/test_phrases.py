"""Which phrases a listing speaks for, and as what they may be typed."""

import pytest

from search.listings.contracts import ListingCategory
from search.listings.contracts.changes import ListingNames
from search.suggestions.contracts import LONGEST_TYPED, Kind
from search.suggestions.rules.keys import MOST_KEYS, list_keys
from search.suggestions.rules.phrases import MOST_PHRASES, list_candidates, list_chinese_heads, list_english_heads
from search.suggestions.rules.typing import list_near, list_probes
from search.suggestions.rules.weights import may_be_shown, weigh
from tenants.catalog.contracts import Text


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        ("青釉拼色马克杯 350ml", ["马克杯", "拼色马克杯"]),
        ("北欧简约落地台灯", ["台灯", "落地台灯"]),
        ("電話 13812345678", ["电话"]),
        ("350ml", []),
        ("", []),
    ],
)
def test_a_chinese_title_is_about_the_end_of_its_clauses(title: str, heads: list[str]) -> None:
    assert list_chinese_heads(title) == heads


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        ("Celadon mug 350ml", ["mug", "celadon mug"]),
        ("Laptop bag for 15 inch MacBook", ["bag", "laptop bag"]),
        ("HP EliteBook 840 G5 Notebook 35.6 cm (14)", ["notebook"]),
        ("Running shoes, black", ["shoes", "running shoes"]),
        ("T-shirt Black", ["t-shirt"]),
        ("A1-B2 1234", []),
    ],
)
def test_an_english_title_is_about_what_stands_before_its_particulars(title: str, heads: list[str]) -> None:
    assert list_english_heads(title) == heads


def test_a_listing_speaks_for_its_categories_its_brand_and_its_heads() -> None:
    path = (ListingCategory(1, "tableware", Text("餐具", "Tableware")), ListingCategory(2, "mugs", Text("马克杯", "")))
    names = ListingNames(7, 1, 3, Text("青釉马克杯", "Celadon mug"), "Muji 无印良品", path, 0)
    found = {(one.kind, one.text) for one in list_candidates(names)}
    assert found == {
        (Kind.CATEGORY, "餐具"),
        (Kind.CATEGORY, "Tableware"),
        (Kind.CATEGORY, "马克杯"),
        (Kind.BRAND, "Muji 无印良品"),
        (Kind.WORDS, "马克杯"),
        (Kind.WORDS, "青釉马克杯"),
        (Kind.WORDS, "mug"),
        (Kind.WORDS, "celadon mug"),
        (Kind.WORDS, "Muji 无印良品 马克杯"),
    }


def test_no_listing_speaks_for_too_many_phrases() -> None:
    path = tuple(ListingCategory(n, f"c{n}", Text(f"类{n}", f"Kind {n}")) for n in range(30))
    assert len(list_candidates(ListingNames(7, 1, 3, Text("杯子"), "", path, 0))) == MOST_PHRASES


def test_figures_of_a_title_are_never_suggested() -> None:
    names = ListingNames(
        7, 1, 3, Text("微信13812345678 手机 电话010-88886666", "Call 13812345678 now phone"), "", (), 0
    )
    assert all(not any(sign.isdigit() for sign in one.text) for one in list_candidates(names))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("手机", {"手机", "shouji", "sj"}),
        ("重庆火锅", {"重庆火锅", "chongqinghuoguo", "cqhg"}),
        ("celadon mug", {"celadon mug", "celadonmug", "mug"}),
        ("T-Shirt", {"t-shirt", "tshirt", "shirt"}),
        (
            "Brother 打印机",
            {"brother 打印机", "brother打印机", "brotherdayinji", "brotherdyj", "打印机", "dayinji", "dyj"},
        ),
        ("電腦", {"电脑", "diannao", "dn"}),
        ("杯", {"杯", "bei"}),
    ],
)
def test_a_phrase_is_typed_from_each_of_its_words_in_pinyin_and_by_initials(text: str, keys: set[str]) -> None:
    assert set(list_keys(text)) == keys


def test_keys_are_bounded() -> None:
    keys = [*list_keys("长" * 30), *list_keys("a b c d e f g h i j k l")]
    assert len(keys) == MOST_KEYS + 3 and all(len(key) <= LONGEST_TYPED for key in keys)


@pytest.mark.parametrize("typed", ["shou ji", "shou'ji", " SHOU　JI ", "ｓｈｏｕｊｉ"])
def test_pinyin_is_read_as_keyboards_leave_it(typed: str) -> None:
    assert "shouji" in list_probes(typed)


@pytest.mark.parametrize("meant", ["shouji", "shuoji", "shoji", "shoujji", "shoukji", "shiuji"])
def test_one_error_leads_to_what_was_meant(meant: str) -> None:
    assert meant == "shouji" or "shouji" in list_near(meant)


def test_nothing_is_guessed_for_few_letters_or_figures() -> None:
    assert [list_near(typed) for typed in ("sho", "12345", "手机", "", "tn2110")] == [[], [], [], [], []]
    assert len(list_near("a" * 100)) < 700


def test_a_doubling_is_the_same_step_anywhere() -> None:
    few, many = (weigh(Kind.WORDS, listings=count - 1, sold=0) for count in (4, 4_000))
    more = [weigh(Kind.WORDS, listings=count - 1, sold=0) for count in (8, 8_000)]
    assert more[0] - few == more[1] - many > 0
    assert weigh(Kind.WORDS, listings=10**7, sold=10**10) < 32_767


def test_words_of_one_listing_only_are_suggested_to_nobody() -> None:
    assert not may_be_shown(Kind.WORDS, listings=1) and may_be_shown(Kind.WORDS, listings=2)
    assert may_be_shown(Kind.BRAND, listings=1) and not may_be_shown(Kind.CATEGORY, listings=0)
