"""A product as it stands in the editor: everything as typed, so that nothing is lost when it cannot be saved."""

from dataclasses import dataclass, field

BLANK_VALUES = 3
BLANK_PARAMETERS = 2
Place = tuple[int, int]
"""An option's position in the form and the position of one of its values."""


@dataclass(slots=True)
class Both:
    """Chinese and English beside each other."""

    zh: str = ""
    en: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.zh and not self.en


@dataclass(slots=True)
class OptionEntry:
    """One option with its values; a blank value is one that is not there (any more)."""

    name: Both
    values: list[Both]

    @property
    def is_blank(self) -> bool:
        return self.name.is_blank and all(value.is_blank for value in self.values)

    @property
    def filled(self) -> list[int]:
        return [position for position, value in enumerate(self.values) if not value.is_blank]


@dataclass(slots=True)
class VariantEntry:
    """One row of the table. `shown_stock` is what the field held when the page was made."""

    places: tuple[Place, ...] = ()
    variant_id: int | None = None
    on: bool = True
    sku: str = ""
    price: str = ""
    was: str = ""
    cost: str = ""
    barcode: str = ""
    weight: str = ""
    stock: str = ""
    shown_stock: str = ""
    held: int = 0
    picture: int = 0
    label: Both = field(default_factory=Both)
    wrongs: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return "_".join(f"{option}.{value}" for option, value in self.places)


@dataclass(slots=True)
class PictureEntry:
    """A stored picture; the focal point in percent, as typed."""

    media_id: int
    url: str = ""
    alt: Both = field(default_factory=Both)
    focal_x: str = "50"
    focal_y: str = "50"
    source_url: str = ""


@dataclass(slots=True)
class ParameterEntry:
    """A line of parameters; `fixed` ones come from the category and keep their name."""

    name: Both
    value: Both
    fixed: bool = False
    unit: str = ""


@dataclass(slots=True)
class ProductEntry:
    """The whole form."""

    title: Both = field(default_factory=Both)
    subtitle: Both = field(default_factory=Both)
    body: Both = field(default_factory=Both)
    category_id: int = 0
    brand: str = ""
    tags: str = ""
    handle: str = ""
    status: str = "draft"
    private_notes: str = ""
    version: int = 0
    parameters: list[ParameterEntry] = field(default_factory=list)
    options: list[OptionEntry] = field(default_factory=list)
    variants: list[VariantEntry] = field(default_factory=list)
    pictures: list[PictureEntry] = field(default_factory=list)
    too_many_variants: bool = False

    @property
    def used_options(self) -> list[int]:
        """Positions of the options that have a value."""
        return [position for position, option in enumerate(self.options) if option.filled]
