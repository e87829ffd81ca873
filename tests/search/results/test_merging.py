"""Sponsored goods among organic ones: bounded, apart from each other, never twice on a page."""

from hypothesis import given
from hypothesis import strategies as st

from search.results.rules.merging import AD_PLACES, GOODS_AN_AD, Place, count_ad_places, merge


def test_the_first_ad_stands_first_the_second_in_the_second_row_and_what_is_advertised_leaves_its_place() -> None:
    places = merge(list(range(1, 13)), [7, 99])
    assert [place.listing_id for place in places] == [7, 1, 2, 3, 4, 99, 5, 6, 8, 9, 10, 11, 12]
    assert [place.ad for place in places] == [0, None, None, None, None, 1, *[None] * 7]


def test_a_list_without_goods_has_no_ads_and_one_with_few_has_one() -> None:
    assert merge([], [1]) == []
    assert merge([1, 2], [3, 4]) == [Place(3, 0), Place(1), Place(2)]


@given(
    st.lists(st.integers(1, 40), unique=True, max_size=30),
    st.lists(st.integers(1, 60), max_size=8),
)
def test_no_list_bears_more_ads_than_it_should_nor_anything_twice(organic: list[int], sponsored: list[int]) -> None:
    places = merge(organic, sponsored)
    shown = [place.listing_id for place in places]
    ads = [place for place in places if place.ad is not None]
    assert len(shown) == len(set(shown))
    assert set(organic) <= set(shown)
    assert len(ads) <= count_ad_places(len(organic)) <= len(organic) / GOODS_AN_AD + 1
    assert [place.ad for place in ads] == list(range(len(ads)))
    assert [place.listing_id for place in places if place.ad is None] == [
        listing_id for listing_id in organic if listing_id not in {ad.listing_id for ad in ads}
    ]
    if len(organic) >= 30 and not set(organic) & set(sponsored):
        assert [number for number, place in enumerate(places) if place.ad is not None] == list(AD_PLACES[: len(ads)])
