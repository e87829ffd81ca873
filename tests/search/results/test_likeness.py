"""What is like a listing: by words, features, kind, brand and price; in stock first; no copies."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from search.results.rules.likeness import MOST_A_SHOP, Traits, pick_words, rank_similar

MUG = Traits(
    listing_id=1,
    shop_id=1,
    words=frozenset({"青釉", "马克杯"}),
    attributes=frozenset({"材质=陶瓷"}),
    category_ids=(1, 11),
    brand="青禾窑",
    price_minor=6_000,
    in_stock=True,
)
TRAITS = st.builds(
    Traits,
    listing_id=st.integers(2, 40),
    shop_id=st.integers(1, 4),
    words=st.frozensets(st.sampled_from(["青釉", "白釉", "马克杯", "茶", "包"]), max_size=4),
    attributes=st.frozensets(st.sampled_from(["材质=陶瓷", "材质=棉"])),
    category_ids=st.sampled_from([(1, 11), (1, 12), (2, 21), ()]),
    brand=st.sampled_from(["", "青禾窑"]),
    price_minor=st.integers(0, 10**7),
    in_stock=st.booleans(),
)


def other(listing_id: int, **changes: object) -> Traits:
    return replace(MUG, **{"listing_id": listing_id, "shop_id": 2, **changes})  # type: ignore[arg-type]


def test_the_same_kind_of_thing_comes_before_the_same_colour() -> None:
    white_mug = other(2, words=frozenset({"白釉", "马克杯"}))
    green_bag = other(3, words=frozenset({"青釉", "包"}), category_ids=(2, 21), attributes=frozenset())
    filler = [other(pk, words=frozenset({f"词{pk}"}), category_ids=(3,)) for pk in range(4, 9)]
    assert rank_similar(MUG, [green_bag, white_mug, *filler], size=2) == [2, 3]


def test_what_is_in_stock_comes_before_what_is_more_alike() -> None:
    assert rank_similar(MUG, [other(2, in_stock=False), other(3, words=frozenset({"茶"}))], size=5) == [3, 2]


def test_brand_price_and_features_decide_among_equals() -> None:
    near = other(2, words=frozenset({"白釉", "马克杯"}))
    for change in ({"brand": ""}, {"price_minor": 600_000}, {"attributes": frozenset()}, {"category_ids": (1, 12)}):
        assert rank_similar(MUG, [other(3, words=near.words, shop_id=3, **change), near], size=2) == [2, 3]


def test_a_shops_second_copy_of_a_product_is_left_out() -> None:
    assert rank_similar(MUG, [MUG, other(2, shop_id=1), other(3), other(4)], size=9) == [3]


@given(st.lists(TRAITS, max_size=40))
def test_never_itself_never_twice_never_too_much_of_one_shop(pool: list[Traits]) -> None:
    known = {one.listing_id: one for one in pool}
    found = rank_similar(MUG, [MUG, *known.values()], size=12)
    assert len(found) == len(set(found)) <= 12
    assert set(found) <= known.keys()
    shops = [known[pk].shop_id for pk in found]
    assert all(shops.count(shop_id) <= MOST_A_SHOP for shop_id in shops)
    stock = [known[pk].in_stock for pk in found]
    assert stock == sorted(stock, reverse=True)


def test_the_telling_words_of_a_title_are_long_and_no_numbers() -> None:
    assert pick_words(["青", "马克杯", "350ml", "拼色", "mug", "celadon"]) == ["celadon", "马克杯", "mug"]
