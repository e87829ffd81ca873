"""What a title is about."""

import pytest

from search.listings.contracts import SearchQuery
from search.listings.lexicon import get_lexicon
from search.listings.rules.heads import find_heads, list_head_words
from search.listings.rules.understanding import understand


def heads(text: str) -> list[str]:
    return [" ".join(phrase) for phrase in find_heads(text)]


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("Acme Laptop bag, black", "laptop bag"),
        ("Laptop bag for notebooks with mouse", "laptop bag"),
        ("UPS replacement battery", "batteri"),
        ("Acme X100 laser printer 600 dpi", "laser printer"),
        ("Acme 550 Notebook Black 39 cm 1000 GB SSD", "notebook"),
        ("Acme 16 GB DDR4 512 GB SSD Tower Black PC", "pc"),
        ("Acme 512 GB SSD", "ssd"),
        ("Acme screen protector Desktop/Laptop Universal", "screen protector"),
        ("Acme keyboard/mouse set", "set"),
        ("Acme notebook/tablet bag", "bag"),
        ("Acme privacy screen 14 inch", "privaci screen"),
        ("手工陶瓷马克杯 送杯垫", "马克杯"),
        ("靛蓝茶歇连衣裙 中长", "茶 歇 连衣裙"),
        ("二手手机 64GB", "手机"),
        ("适用于手机的充电宝", ""),
    ],
)
def test_the_last_kind_before_a_turn_is_what_a_title_is_about(title: str, head: str) -> None:
    assert heads(title) == ([head] if head else [])


def test_a_bag_for_laptops_is_found_as_a_bag_and_not_as_a_laptop() -> None:
    (phrase,) = find_heads("Laptop bag")
    words = list_head_words(phrase)
    assert {"bag", "=laptop-bag", "=bag"} <= set(words)
    assert not {"laptop", "=laptop"} & set(words)


@pytest.mark.parametrize(
    ("words", "expected"),
    [("laptop bag", ["laptop bag"]), ("toner for brother printer", ["toner"]), ("手机壳", ["手机壳"])],
)
def test_a_query_says_what_it_is_about_too(words: str, expected: list[str]) -> None:
    terms = understand(SearchQuery(words=words), synonyms=get_lexicon()).terms
    assert [term.text for term in terms if term.is_head] == expected


def test_two_english_words_are_known_written_as_one_too() -> None:
    assert heads("Acme hairclipper series 1000") == ["hairclipp"]
    lexicon = get_lexicon()
    for joined, apart in [("hairclipp", ("hair", "clipper")), ("floorstand", ("floor", "stand"))]:
        assert lexicon.marks[(joined,)] == lexicon.marks[apart]


def test_names_of_one_kind_share_a_mark_in_both_languages() -> None:
    lexicon = get_lexicon()
    for one, other in [("printer", "打印机"), ("laptop", "笔记本电脑"), ("headphon", "耳机"), ("blue", "蓝色")]:
        assert set(lexicon.marks[(one,)]) & set(lexicon.marks[(other,)])


def test_every_mark_that_is_asked_for_is_one_that_documents_can_have() -> None:
    lexicon = get_lexicon()
    indexed = {mark for marks in lexicon.marks.values() for mark in marks}
    asked = {one.token for some in lexicon.substitutes.values() for one in some if one.token[0] in "=>"}
    assert asked <= indexed
    assert all(0 < one.weight < 1 for some in lexicon.substitutes.values() for one in some)


def test_marks_are_found_in_a_row_of_words_and_not_across_others() -> None:
    lexicon = get_lexicon()
    assert "=usb-cable" in lexicon.list_marks(("acme", "usb", "cabl", "black"))
    assert "=usb-cable" not in lexicon.list_marks(("usb", "black", "cabl"))


@pytest.mark.parametrize("title", ["茉莉花茶 七窨一提 罐装", "滇红金芽 凤庆", "明前龙井 2026新茶 礼盒装", "洞庭碧螺春"])
def test_who_asks_for_tea_means_every_kind_of_it_and_no_tea_dress(title: str) -> None:
    marks = {word for head in find_heads(title) for word in list_head_words(head)}
    dress = {word for head in find_heads("靛蓝茶歇连衣裙") for word in list_head_words(head)}
    assert ">tea" in marks and not {"=tea", ">tea"} & dress
