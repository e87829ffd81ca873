"""Which model of a series a text means."""

import pytest

from search.listings.rules.variants import list_plain_numbers
from search.tokens.chinese import tokenize


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Apple iPhone 11", ["11"]),
        ("Apple iPhone 11 Pro Max", []),
        ("Case for iPhone 11 / 11 Pro", ["11"]),
        ("HUAWEI P30 Pro and P20", ["p20"]),
        ("荣耀20 青春版", []),
        ("荣耀20 李现同款", ["20"]),
        ("荣耀V20 游戏手机", ["v20"]),
        ("Acme TN-2110 toner 16GB", []),
    ],
)
def test_a_number_is_plain_where_no_variants_name_follows(title: str, plain: list[str]) -> None:
    assert list_plain_numbers(tokenize(title).row) == plain


def test_a_title_in_two_languages_is_one() -> None:
    rows = [tokenize(title).row for title in ("华为 P30 手机", "Huawei P30 Pro")]
    assert list_plain_numbers(*rows) == ["p30"]
