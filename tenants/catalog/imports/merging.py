"""Lays what a file says over what a shop has. Fields the file has no column for stay as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tenants.catalog.contracts import OptionDraft, PictureDraft, ProductDraft, ProductStatus, Text, VariantDraft
from tenants.catalog.imports.contracts import ImportedProduct, ImportedVariant


def merge_product(
    *,
    imported: ImportedProduct,
    existing: ProductDraft | None,
    pictures: Mapping[str, PictureDraft],
    category_id: int | None,
    default_status: ProductStatus,
) -> ProductDraft:
    """The draft to store. `pictures` holds those that could be had, by the address that the file gives."""
    base = existing or ProductDraft(title=Text(), status=default_status, handle=imported.handle)
    options = _name_options(imported, base.options)
    shown = _order_pictures(imported, base, pictures)
    return replace(
        base,
        title=_overlay(base.title, imported.title),
        subtitle=_overlay(base.subtitle, imported.subtitle),
        body_html=_overlay(base.body_html, imported.body_html),
        category_id=category_id if "category" in imported.fields and category_id else base.category_id,
        brand=imported.brand if "brand" in imported.fields else base.brand,
        tags=imported.tags if "tags" in imported.fields else base.tags,
        parameters=imported.parameters if "parameters" in imported.fields else base.parameters,
        status=imported.status or base.status,
        private_notes=imported.private_notes if "private_notes" in imported.fields else base.private_notes,
        options=options,
        pictures=shown,
        variants=_match_variants(imported, base, options, shown),
    )


def _overlay(old: Text, new: Text) -> Text:
    return Text(zh=new.zh or old.zh, en=new.en or old.en)


def _is_same(text: Text, other: Text) -> bool:
    return bool((text.zh and text.zh == other.zh) or (text.en and text.en == other.en))


def _keep_name(new: Text, old: Sequence[Text]) -> Text:
    """The name a shop has already, with both languages, when the file means the same one."""
    return next((_overlay(known, new) for known in old if _is_same(known, new)), new)


def _name_options(imported: ImportedProduct, old: Sequence[OptionDraft]) -> tuple[OptionDraft, ...]:
    options = []
    for place, name in enumerate(imported.option_names):
        values = dict.fromkeys(variant.values[place] for variant in imported.variants)
        known = next((option for option in old if _is_same(option.name, name)), None)
        old_values = known.values if known else ()
        options.append(
            OptionDraft(
                name=_overlay(known.name, name) if known else name,
                values=tuple(_keep_name(value, old_values) for value in values),
            )
        )
    return tuple(options)


def _order_pictures(
    imported: ImportedProduct, base: ProductDraft, found: Mapping[str, PictureDraft]
) -> tuple[PictureDraft, ...]:
    if "pictures" not in imported.fields:
        return base.pictures
    return tuple(
        replace(found[picture.url], alt=_overlay(found[picture.url].alt, picture.alt))
        for picture in imported.pictures
        if picture.url in found
    )


def _match_variants(
    imported: ImportedProduct, base: ProductDraft, options: Sequence[OptionDraft], pictures: Sequence[PictureDraft]
) -> tuple[VariantDraft, ...]:
    left = {variant.variant_id: variant for variant in base.variants}
    drafts = []
    for variant in imported.variants:
        old = _find_old(variant, base, list(left.values()))
        if old is not None:
            left.pop(old.variant_id)
        drafts.append(_to_draft(variant, imported.fields, old, options, pictures))
    return tuple(drafts)


def _find_old(variant: ImportedVariant, base: ProductDraft, left: Sequence[VariantDraft]) -> VariantDraft | None:
    """The variant a row means: by its SKU, else by what is chosen."""
    by_sku = (old for old in left if variant.sku and old.sku == variant.sku)
    by_choice = (old for old in left if _has_values(old, base.options, variant.values))
    return next(by_sku, None) or next(by_choice, None)


def _has_values(old: VariantDraft, options: Sequence[OptionDraft], values: Sequence[Text]) -> bool:
    if len(old.choices) != len(values):
        return False
    chosen = [option.values[choice] for option, choice in zip(options, old.choices, strict=True)]
    return all(_is_same(text, value) for text, value in zip(chosen, values, strict=True))


def _to_draft(
    variant: ImportedVariant,
    fields: frozenset[str],
    old: VariantDraft | None,
    options: Sequence[OptionDraft],
    pictures: Sequence[PictureDraft],
) -> VariantDraft:
    base = old or VariantDraft(sku="", choices=(), price_minor=0)
    place = next(
        (n for n, p in enumerate(pictures) if variant.picture_url and p.source_url == variant.picture_url), None
    )
    return VariantDraft(
        sku=variant.sku or base.sku,
        choices=tuple(
            next(number for number, known in enumerate(option.values) if _is_same(known, value))
            for option, value in zip(options, variant.values, strict=True)
        ),
        price_minor=variant.price_minor,
        compare_at_minor=variant.compare_at_minor if "compare_at" in fields else base.compare_at_minor,
        cost_minor=variant.cost_minor if "cost" in fields else base.cost_minor,
        barcode=variant.barcode if "barcode" in fields else base.barcode,
        weight_grams=variant.weight_grams if "weight" in fields else base.weight_grams,
        picture_index=place if "pictures" in fields else base.picture_index,
        variant_id=base.variant_id,
    )
