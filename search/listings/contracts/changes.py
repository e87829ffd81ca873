"""Listings as others follow their changes."""

from dataclasses import dataclass

from search.listings.contracts.documents import ListingCategory
from tenants.catalog.contracts import Text


@dataclass(frozen=True, slots=True)
class ListingNames:
    """What a listing that is shown is called."""

    listing_id: int
    version: int
    shop_id: int
    title: Text
    brand: str
    category_path: tuple[ListingCategory, ...]
    sold_30d: int


@dataclass(frozen=True, slots=True)
class NamesChange:
    """One change in the order of `change_no`. `names` is None where the listing is no longer shown."""

    change_no: int
    listing_id: int
    names: ListingNames | None
