"""A product page: options with what is still sold, price, facts, shop."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from search.listings.contracts import ListingDocument, ListingVariant
from web.shapes import Option, OptionValue, Sellable

FEW_LEFT = 10


@dataclass(frozen=True, slots=True)
class ProductPage:
    """What the template shows beside the document itself."""

    document: ListingDocument
    chosen: ListingVariant | None
    options: Sequence[Option]
    sellables: Sequence[Sellable]

    @property
    def was_minor(self) -> int | None:
        """The struck price, only where it is higher than today's."""
        if self.chosen is None or self.chosen.compare_at_minor is None:
            return None
        return self.chosen.compare_at_minor if self.chosen.compare_at_minor > self.chosen.price_minor else None

    @property
    def note(self) -> str:
        return note_stock(self.chosen) if self.chosen else ""


def read_product(document: ListingDocument) -> ProductPage:
    """The page of a document: the first variant that is sold is chosen."""
    chosen = next((variant for variant in document.variants if variant.available), None)
    chosen = chosen or (document.variants[0] if document.variants else None)
    return ProductPage(document, chosen, _list_options(document, chosen), _list_sellables(document))


def note_stock(variant: ListingVariant) -> str:
    """Honest numbers: said only below ten."""
    if not variant.available:
        return gettext("Sold out")
    return gettext("Only %(left)d left") % {"left": variant.available} if variant.available < FEW_LEFT else ""


def _list_options(document: ListingDocument, chosen: ListingVariant | None) -> list[Option]:
    language = get_language() or "zh-hans"
    options = []
    for position, option in enumerate(document.options):
        values = []
        for index, value in enumerate(option.values):
            having = [v for v in document.variants if len(v.choices) > position and v.choices[position] == index]
            sold = any(variant.available for variant in having)
            picture = document.picture_of(having[0]) if position == 0 and having and having[0].picture_index else None
            values.append(OptionValue(value.best(language), str(index), picture, sold))
        now = str(chosen.choices[position]) if chosen and len(chosen.choices) > position else ""
        options.append(Option(option.name.best(language), f"option-{position}", values, now))
    return options


def _list_sellables(document: ListingDocument) -> list[Sellable]:
    return [
        Sellable(
            variant_id=variant.variant_id,
            choices=tuple(str(choice) for choice in variant.choices),
            price_minor=variant.price_minor,
            was_minor=variant.compare_at_minor
            if variant.compare_at_minor and variant.compare_at_minor > variant.price_minor
            else None,
            sold=bool(variant.available),
            note=note_stock(variant),
            picture=variant.picture_index,
        )
        for variant in document.variants
    ]
