"""Organic and sponsored goods in one list: where ads stand, how many there may be, and nothing twice."""

from collections.abc import Sequence
from dataclasses import dataclass

AD_PLACES = (0, 5, 13, 21)
"""Where sponsored goods stand in a list, counted from zero: never two beside each other, two in the first ten."""

GOODS_AN_AD = 6
"""A list has at most one ad for so many goods, and one where there are few."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a list: its listing, and the number (from zero) of the ad that stands there."""

    listing_id: int
    ad: int | None = None


def count_ad_places(goods: int) -> int:
    """How many ads a list of so many goods bears; none without goods, since then there is nothing to stand beside."""
    return min(len(AD_PLACES), 1 + goods // GOODS_AN_AD) if goods else 0


def merge(organic: Sequence[int], sponsored: Sequence[int]) -> list[Place]:
    """The list as it is shown. What is advertised on a page leaves its organic places; a list that ends early ends with
    its ads."""
    ads = list(dict.fromkeys(sponsored))[: count_ad_places(len(organic))]
    places = [Place(listing_id) for listing_id in organic if listing_id not in ads]
    for number, (at, listing_id) in enumerate(zip(AD_PLACES, ads, strict=False)):
        places.insert(at, Place(listing_id, number))
    return places
