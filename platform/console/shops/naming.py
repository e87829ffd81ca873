"""Shops by what staff know of them."""

from dataclasses import dataclass

from django.http import QueryDict

from console.lists import read_number
from market.shops.selectors import find_shop_by_slug, find_shops_by_name, list_shops_by_ids

MOST_TYPED = 60
NO_SHOP = 0


@dataclass(frozen=True, slots=True)
class AskedShop:
    """The shop that a list was asked for, as it was typed.

    `shop_id` is None where every shop is meant; what names no shop is `NO_SHOP`, of which nothing is listed.
    """

    typed: str = ""
    shop_id: int | None = None
    is_unknown: bool = False


def find_shop_id(typed: str) -> int | None:
    """The shop with this number, this name in its address, or this name; None for no shop's, or that of several."""
    number, word = read_number(typed), typed.strip()[:MOST_TYPED]
    if number is not None:
        return number if list_shops_by_ids([number]) else None
    if not word:
        return None
    shop = find_shop_by_slug(word)
    named = [shop] if shop else find_shops_by_name(word)
    return named[0].shop_id if len(named) == 1 else None


def read_shop(data: QueryDict) -> AskedShop:
    """Which shop `?shop=` asks for. A number filters also where no shop has it: its rows may have outlived it."""
    typed = data.get("shop", "").strip()[:MOST_TYPED]
    if not typed:
        return AskedShop()
    shop_id, number = find_shop_id(typed), read_number(typed)
    return AskedShop(typed, next((one for one in (shop_id, number) if one is not None), NO_SHOP), shop_id is None)
