"""The document of an offer: everything a product page and a card show. Money in minor units."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing.checkout.contracts import Offer
from tenants.catalog.contracts import ParameterValue, Picture, Text

SHOWN_AVAILABLE_AT_MOST = 200
"""Documents count pieces up to here; 200 means "200 or more", so that a sale from a full shelf changes no page."""


class ListingState(StrEnum):
    """shown <> hidden; gone (the product was deleted) is a tombstone."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ListingShop:
    """The shop as cards and pages show it."""

    shop_id: int
    slug: str
    name: Text
    stall: int
    mark: str


@dataclass(frozen=True, slots=True)
class ListingCategory:
    """One step of the category path."""

    category_id: int
    slug: str
    name: Text


@dataclass(frozen=True, slots=True)
class ListingOption:
    """One choice (colour) and its values in order."""

    name: Text
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ListingVariant:
    """One SKU. `choices` holds, option by option, the index of its value; `available` see SHOWN_AVAILABLE_AT_MOST."""

    variant_id: int
    sku: str
    choices: tuple[int, ...]
    price_minor: int
    compare_at_minor: int | None
    available: int
    barcode: str = ""
    weight_grams: int = 0
    picture_index: int | None = None


@dataclass(frozen=True, slots=True)
class ListingDelivery:
    """Flat freight of the shop; free from a goods total on, if one is set."""

    flat_minor: int
    free_from_minor: int | None
    ships_from: str
    handling_hours: int


@dataclass(frozen=True, slots=True)
class ListingDocument:
    """A product of a shop as the public may see it. `listing_id` is its public id, `version` grows with each change.

    `rating_hundredths` is 0 to 500; it and `sold_30d` are 0 until reviews and sales are counted. `liked_percent` is how
    much it is clicked where it is shown, 50 for an average offer and for one that was not seen; indexes alone know it.
    """

    listing_id: int
    version: int
    shop: ListingShop
    product_id: int
    title: Text
    subtitle: Text
    body_html: Text
    category_path: tuple[ListingCategory, ...]
    brand: str
    tags: tuple[str, ...]
    parameters: tuple[ParameterValue, ...]
    options: tuple[ListingOption, ...]
    variants: tuple[ListingVariant, ...]
    pictures: tuple[Picture, ...]
    delivery: ListingDelivery
    currency: str
    created_at: datetime
    sold_30d: int = 0
    rating_hundredths: int = 0
    rating_count: int = 0
    liked_percent: int = 50

    @property
    def price_from_minor(self) -> int:
        return min((variant.price_minor for variant in self.variants), default=0)

    @property
    def price_to_minor(self) -> int:
        return max((variant.price_minor for variant in self.variants), default=0)

    @property
    def compare_at_minor(self) -> int | None:
        """The struck-through price of the cheapest variant, if it is higher than its price."""
        cheapest = min(self.variants, key=lambda variant: variant.price_minor, default=None)
        if cheapest is None or cheapest.compare_at_minor is None:
            return None
        return cheapest.compare_at_minor if cheapest.compare_at_minor > cheapest.price_minor else None

    @property
    def in_stock(self) -> bool:
        return any(variant.available > 0 for variant in self.variants)

    @property
    def picture(self) -> Picture | None:
        return self.pictures[0] if self.pictures else None

    def find_variant(self, variant_id: int) -> ListingVariant | None:
        """The variant with this id, or None."""
        return next((variant for variant in self.variants if variant.variant_id == variant_id), None)

    def describe_choices(self, variant: ListingVariant) -> Text:
        """The chosen values in words: 蓝色 / L."""
        values = [option.values[index] for option, index in zip(self.options, variant.choices, strict=False)]
        return Text(" / ".join(v.best("zh") for v in values), " / ".join(v.best("en") for v in values))

    def picture_of(self, variant: ListingVariant) -> Picture | None:
        """The variant's own picture, or the first of the product."""
        index = variant.picture_index
        if index is not None and 0 <= index < len(self.pictures):
            return self.pictures[index]
        return self.picture


@dataclass(frozen=True, slots=True)
class ListingCard:
    """What a card in a list shows."""

    listing_id: int
    version: int
    shop: ListingShop
    product_id: int
    title: Text
    brand: str
    price_from_minor: int
    price_to_minor: int
    compare_at_minor: int | None
    currency: str
    in_stock: bool
    free_freight: bool
    picture: Picture | None
    created_at: datetime
    sold_30d: int = 0
    rating_hundredths: int = 0
    rating_count: int = 0


@dataclass(frozen=True, slots=True)
class PublishedOffer:
    """One variant as it is offered now, for carts and for putting it into one."""

    offer: Offer
    sku: str
    available: int
    compare_at_minor: int | None
    delivery: ListingDelivery
    version: int


@dataclass(frozen=True, slots=True)
class ListingPlace:
    """Whose a listing is, and the lowest category it is in."""

    shop_id: int
    category_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvertisedGoods:
    """A product that is shown, for whoever advertises it. `texts` are its names; categories from the top down."""

    listing_id: int
    shop_id: int
    product_id: int
    in_stock: bool
    category_ids: tuple[int, ...]
    texts: tuple[str, ...]
    rating_hundredths: int
    rating_count: int
