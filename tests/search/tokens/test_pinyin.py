"""How Chinese is spoken."""

import pytest

from search.tokens.pinyin import list_initials, list_syllables, spell


@pytest.mark.parametrize(
    ("run", "spoken", "initials"),
    [
        ("手机", "shouji", "sj"),
        ("重庆火锅", "chongqinghuoguo", "cqhg"),
        ("长裤", "changku", "ck"),
        ("音乐盒", "yinyuehe", "yyh"),
        ("女装", "nvzhuang", "nz"),
        ("绿茶", "lvcha", "lc"),
        ("", "", ""),
    ],
)
def test_words_are_spoken_as_words(run: str, spoken: str, initials: str) -> None:
    assert (spell(run), list_initials(run)) == (spoken, initials)


def test_there_is_one_syllable_a_character() -> None:
    assert list_syllables("银行卡行走") == ("yin", "hang", "ka", "xing", "zou")
