"""From a stored product to the form."""

from collections.abc import Mapping, Sequence

from market.money import format_minor
from market.taxonomy.contracts import CategoryTree, ParameterKind
from merchant_portal.editor.entries import (
    Both,
    OptionEntry,
    ParameterEntry,
    PictureEntry,
    ProductEntry,
    VariantEntry,
)
from merchant_portal.editor.matrix import rebuild_table
from tenants.catalog.contracts import EditedProduct, ParameterValue, Text, VariantDraft
from tenants.inventory.contracts import StockRow


def start_blank() -> ProductEntry:
    """A product that is not there yet."""
    return ProductEntry(status="active", variants=[VariantEntry()])


def start_from(product: EditedProduct, levels: Sequence[StockRow]) -> ProductEntry:
    """The form of a stored product, with the stock of its variants."""
    draft = product.draft
    urls = {picture.media_id: picture.url for picture in product.pictures}
    entry = ProductEntry(
        title=_both(draft.title),
        subtitle=_both(draft.subtitle),
        body=_both(draft.body_html),
        category_id=draft.category_id or 0,
        brand=draft.brand,
        tags=", ".join(draft.tags),
        handle=draft.handle,
        status=draft.status.value,
        private_notes=draft.private_notes,
        version=product.version,
        parameters=[ParameterEntry(_both(line.name), _both(line.value)) for line in draft.parameters],
        options=[
            OptionEntry(_both(option.name), [_both(value) for value in option.values]) for option in draft.options
        ],
        pictures=[
            PictureEntry(
                picture.media_id,
                urls.get(picture.media_id, ""),
                _both(picture.alt),
                f"{picture.focal_x / 10:g}",
                f"{picture.focal_y / 10:g}",
            )
            for picture in draft.pictures
        ],
    )
    media_ids = [picture.media_id for picture in draft.pictures]
    on_hand, held = _sum(levels, "on_hand"), _sum(levels, "held")
    entry.variants = [_start_variant(variant, media_ids, on_hand, held) for variant in draft.variants]
    rebuild_table(entry, new_on=False)
    return entry


def add_category_parameters(entry: ProductEntry, tree: CategoryTree) -> None:
    """The parameters of the category first, under their own names, then the others. Changes `entry`."""
    node = tree.find(entry.category_id)
    if node is None:
        for line in entry.parameters:
            line.fixed = False
        return
    rest = [line for line in entry.parameters if not (line.fixed and line.value.is_blank)]
    first = []
    for parameter in node.parameters:
        found = next(
            (line for line in rest if parameter.name_zh == line.name.zh or parameter.name_en == line.name.en), None
        )
        if found is not None:
            rest.remove(found)
        value = found.value if found else Both()
        unit = parameter.unit if parameter.kind is ParameterKind.NUMBER else ""
        first.append(ParameterEntry(Both(parameter.name_zh, parameter.name_en), value, True, unit))
    for line in rest:
        line.fixed = False
    entry.parameters = [*first, *rest]


def to_parameter(line: ParameterEntry) -> ParameterValue:
    """A line as the catalogue keeps it."""
    return ParameterValue(Text(line.name.zh, line.name.en), Text(line.value.zh, line.value.en))


def _both(text: Text) -> Both:
    return Both(text.zh, text.en)


def _sum(levels: Sequence[StockRow], name: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for level in levels:
        found[level.variant_id] = found.get(level.variant_id, 0) + int(getattr(level, name))
    return found


def _start_variant(
    variant: VariantDraft, media_ids: Sequence[int], on_hand: Mapping[int, int], held: Mapping[int, int]
) -> VariantEntry:
    known = variant.variant_id or 0
    stock = str(on_hand[known]) if known in on_hand else ""
    index = variant.picture_index
    return VariantEntry(
        places=tuple(enumerate(variant.choices)),
        variant_id=variant.variant_id,
        sku=variant.sku,
        price=_write(variant.price_minor),
        was=_write(variant.compare_at_minor),
        cost=_write(variant.cost_minor),
        barcode=variant.barcode,
        weight=f"{variant.weight_grams / 1000:g}" if variant.weight_grams else "",
        stock=stock,
        shown_stock=stock,
        held=held.get(known, 0),
        picture=media_ids[index] if index is not None and index < len(media_ids) else 0,
    )


def _write(amount_minor: int | None) -> str:
    return "" if amount_minor is None else format_minor(amount_minor).replace(",", "")
