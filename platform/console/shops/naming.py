"""Shops by what staff know of them."""

from console.lists import read_number
from market.shops.selectors import find_shop_by_slug, list_shops_by_ids


def find_shop_id(typed: str) -> int | None:
    """The number of the shop with this number or this name in its address; None for no shop's."""
    number = read_number(typed)
    if number is not None:
        return number if list_shops_by_ids([number]) else None
    shop = find_shop_by_slug(typed.strip()) if typed.strip() else None
    return shop.shop_id if shop else None
