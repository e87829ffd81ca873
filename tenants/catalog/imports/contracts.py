"""What a file says of goods, before a shop has seen it."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tenants.catalog.contracts import ParameterValue, ProductStatus, Text

NO_TEXT = Text()


class ImportFormat(StrEnum):
    """The shapes of files we read."""

    OURS = "ours"
    SHOPIFY = "shopify"
    GOODS_LIST = "goods_list"


class FileRefused(ValueError):
    """A file of which nothing can be read; `code` says why."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """What is wrong at a row and column. A warning keeps the product, an error leaves it out."""

    row: int
    column: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class ImportedPicture:
    """A picture by its address."""

    row: int
    url: str
    alt: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class ImportedVariant:
    """One variant's row. `values` are the chosen values, option by option; None means that the file does not say."""

    row: int
    values: tuple[Text, ...]
    price_minor: int
    sku: str = ""
    compare_at_minor: int | None = None
    cost_minor: int | None = None
    barcode: str = ""
    weight_grams: int = 0
    picture_url: str = ""
    on_hand: int | None = None


@dataclass(frozen=True, slots=True)
class ImportedProduct:
    """All rows of one handle. `fields` names what the file has columns for; the rest of a product is left alone."""

    row: int
    handle: str
    title: Text
    fields: frozenset[str]
    subtitle: Text = NO_TEXT
    body_html: Text = NO_TEXT
    category: str = ""
    brand: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[ParameterValue, ...] = ()
    status: ProductStatus | None = None
    option_names: tuple[Text, ...] = ()
    variants: tuple[ImportedVariant, ...] = ()
    pictures: tuple[ImportedPicture, ...] = ()
    private_notes: str = ""

    def digest(self) -> str:
        """A hash of what is said, wherever in a file it stands: the same again changes nothing."""
        said = dataclasses.asdict(self)
        said["fields"] = sorted(self.fields)
        for part in (said, *said["variants"], *said["pictures"]):
            del part["row"]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A file read whole. Products with an error are not among `products`."""

    format: ImportFormat
    encoding: str
    row_count: int
    products: tuple[ImportedProduct, ...]
    issues: tuple[ImportIssue, ...]
    unknown_columns: tuple[str, ...]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a merchant sees before saying yes."""

    format: ImportFormat
    encoding: str
    row_count: int
    product_count: int
    variant_count: int
    picture_count: int
    error_count: int
    warning_count: int
    unknown_columns: tuple[str, ...]
    first_products: tuple[ImportedProduct, ...]
    first_issues: tuple[ImportIssue, ...]
