"""The rail of facets: ticks that a form sends, values folded away, and nothing of a merchant's words as markup."""

import re
from collections.abc import Iterator

import pytest
from django.utils.translation import override

from search.listings.contracts import Facet, FacetKind, FacetValue
from storefront.browse.rail import draw_rail
from tenants.catalog.contracts import Text
from web.messages import compile_all


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    compile_all()
    with override("zh-hans"):
        yield


def make_facet(kind: FacetKind, *, count: int = 3, ticked: int | None = None, key: str = "") -> Facet:
    values = tuple(
        FacetValue(f"v{number}", Text(f"值{number}", f"Value {number}"), 10 - number, number == ticked)
        for number in range(count)
    )
    return Facet(kind, key, Text("颜色", "Colour"), values)


def draw(*facets: Facet, language: str = "zh-hans", is_in_category: bool = False) -> str:
    return draw_rail(facets, language=language, is_in_category=is_in_category)


def test_values_are_ticks_with_counts_and_what_is_ticked_is_checked() -> None:
    drawn = draw(make_facet(FacetKind.ATTRIBUTE, key="颜色", ticked=1))
    found = re.findall(r'type="(\w+)" name="([^"]+)" value="(\w+)"( checked)?.*?<span>(.*?)</span>.*?>(\d+)<', drawn)
    assert found == [
        ("checkbox", "a.颜色", "v0", "", "值0", "10"),
        ("checkbox", "a.颜色", "v1", " checked", "值1", "9"),
        ("checkbox", "a.颜色", "v2", "", "值2", "8"),
    ]
    assert "<summary>颜色</summary>" in drawn and "值0" not in draw(make_facet(FacetKind.BRAND), language="en")


def test_a_category_is_chosen_once_and_not_at_all_in_a_category() -> None:
    category = make_facet(FacetKind.CATEGORY, count=9)
    assert draw(category).count('type="radio" name="c"') == 9
    assert draw(category, is_in_category=True) == ""


def test_price_and_stock_have_fields_of_their_own() -> None:
    assert draw(make_facet(FacetKind.PRICE), make_facet(FacetKind.STOCK)) == ""


def test_the_seventh_value_is_folded_unless_it_is_ticked() -> None:
    assert "还有3种" in draw(make_facet(FacetKind.SHOP, count=9))
    assert draw(make_facet(FacetKind.SHOP, count=9)).count("<details") == 2
    assert draw(make_facet(FacetKind.SHOP, count=9, ticked=8)).count("<details") == 1
    assert "种" not in draw(make_facet(FacetKind.SHOP, count=6))


def test_the_first_five_facets_are_open_and_those_with_a_tick() -> None:
    facets = [
        make_facet(FacetKind.ATTRIBUTE, key=f"k{number}", ticked=0 if number == 6 else None) for number in range(8)
    ]
    is_open = [" open" in group for group in draw(*facets).split("\n")]
    assert is_open == [True] * 5 + [False, True, False]


def test_words_of_merchants_stay_words() -> None:
    evil = '"><script>alert(1)</script>'
    value = FacetValue(evil, Text(evil, evil), 1)
    drawn = draw(
        Facet(FacetKind.ATTRIBUTE, evil, Text(evil, evil), (value, value)), Facet(FacetKind.BRAND, "", Text(), (value,))
    )
    assert "<script" not in drawn and 'value=""' not in drawn
