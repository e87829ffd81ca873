"""What crosses the border of the catalogue: drafts on the way in, sheets on the way out."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Chinese and English; either may be empty, then the other serves."""

    zh: str = ""
    en: str = ""

    def best(self, language: str) -> str:
        """The text for a language code such as "zh-hans" or "en", falling back to the other."""
        return (self.en or self.zh) if language.startswith("en") else (self.zh or self.en)


class ProductStatus(StrEnum):
    """A product is written as a draft, shown while active, and put away as archived."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One line of a product's parameters: 材质 = 高岭土."""

    name: Text
    value: Text


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """One choice (colour) and its values in order; at most 3 options of 100 values."""

    name: Text
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class PictureDraft:
    """A picture already stored by market.media; focal point in thousandths of width and height.

    `source_url` is where an import fetched it, so that the next import need not fetch it again.
    """

    media_id: int
    alt: Text = Text()
    focal_x: int = 500
    focal_y: int = 500
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One SKU. `choices` holds, option by option, the index of its value. Prices in minor units."""

    sku: str
    choices: tuple[int, ...]
    price_minor: int
    compare_at_minor: int | None = None
    cost_minor: int | None = None
    barcode: str = ""
    weight_grams: int = 0
    picture_index: int | None = None
    variant_id: int | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """All a merchant says of a product. HTML is sanitised by the service that stores it."""

    title: Text
    subtitle: Text = Text()
    body_html: Text = Text()
    category_id: int | None = None
    brand: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[ParameterValue, ...] = ()
    options: tuple[OptionDraft, ...] = ()
    variants: tuple[VariantDraft, ...] = ()
    pictures: tuple[PictureDraft, ...] = ()
    status: ProductStatus = ProductStatus.DRAFT
    handle: str = ""
    private_notes: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as pages need it. `renditions` maps "<width px>.<format>", such as "640.avif", to a URL.

    `url` is the one every browser shows: WebP of about 640 px, or the SVG itself.
    """

    media_id: int
    alt: Text
    width: int
    height: int
    focal_x: int
    focal_y: int
    renditions: dict[str, str]
    url: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A sellable SKU as others may see it: no cost."""

    variant_id: int
    sku: str
    choices: tuple[int, ...]
    price_minor: int
    compare_at_minor: int | None
    barcode: str
    weight_grams: int
    picture_index: int | None


@dataclass(frozen=True, slots=True)
class ProductSheet:
    """A product as the rest of the house may know it. Nothing private is in it."""

    product_id: int
    version: int
    status: ProductStatus
    handle: str
    title: Text
    subtitle: Text
    body_html: Text
    category_id: int | None
    brand: str
    tags: tuple[str, ...]
    parameters: tuple[ParameterValue, ...]
    options: tuple[OptionDraft, ...]
    variants: tuple[Variant, ...]
    pictures: tuple[Picture, ...]
    created_at: datetime
    currency: str = "CNY"
    extra: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SellableVariant:
    """What checkout needs to know of one SKU, read under the shop's own schema."""

    product_id: int
    variant_id: int
    title: Text
    choices: Text
    sku: str
    price_minor: int
    currency: str
    weight_grams: int
    picture_url: str
    on_sale: bool
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """What is wrong with a draft: where ("variants.3.price_minor"), what, and the numbers for the sentence."""

    field: str
    code: str
    params: dict[str, str | int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EditedProduct:
    """A product as its own shop edits it, private fields included. Never leaves the merchant portal."""

    product_id: int
    version: int
    draft: ProductDraft
    pictures: tuple[Picture, ...]
    created_at: datetime
    updated_at: datetime


class ProductSort(StrEnum):
    """The orders of the merchant's product table."""

    UPDATED = "updated"
    CREATED = "created"
    TITLE = "title"
    PRICE_UP = "price_up"
    PRICE_DOWN = "price_down"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What the merchant's product table shows. None means any; words match titles, brand and SKUs."""

    status: ProductStatus | None = None
    words: str = ""
    category_ids: tuple[int, ...] | None = None
    tag: str = ""
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    product_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A line of the merchant's product table."""

    product_id: int
    version: int
    status: ProductStatus
    title: Text
    subtitle: Text
    handle: str
    sku: str
    variant_count: int
    price_low_minor: int
    price_high_minor: int
    currency: str
    picture_url: str
    category_id: int | None
    tags: tuple[str, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Some rows, and the cursor of the next ones ("" at the end)."""

    rows: tuple[ProductRow, ...]
    next_cursor: str


class BulkKind(StrEnum):
    """What can be done to many products at once."""

    SET_STATUS = "set_status"
    SET_PRICE = "set_price"
    CHANGE_PRICE_BPS = "change_price_bps"
    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"


@dataclass(frozen=True, slots=True)
class BulkChange:
    """One change for many products: `status`, `amount` (minor units or basis points) or `tag` by its kind."""

    kind: BulkKind
    status: ProductStatus | None = None
    amount: int = 0
    tag: str = ""
