"""What crosses the border of the catalogue: drafts on the way in, sheets on the way out."""

from dataclasses import dataclass, field
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
    """A picture already stored by market.media; focal point in thousandths of width and height."""

    media_id: int
    alt: Text = Text()
    focal_x: int = 500
    focal_y: int = 500


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
    """A picture as pages need it. `renditions` maps a width in px and a format ("avif") to a URL."""

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
    extra: dict[str, str] = field(default_factory=dict)


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
