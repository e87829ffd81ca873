"""What a product draft may hold. Returns every problem at once, so that a form shows them all."""

from collections.abc import Iterator

from tenants.catalog.contracts import DraftProblem, OptionDraft, ProductDraft, ProductStatus, Text, VariantDraft
from tenants.catalog.rules.limits import LIMITS


def check_draft(draft: ProductDraft) -> list[DraftProblem]:
    """All problems of a draft, in the order of the form. Empty when it may be stored."""
    return [
        *_check_texts(draft),
        *_check_lists(draft),
        *_check_options(draft.options),
        *_check_variants(draft),
    ]


def _longer(field: str, text: str, limit: int) -> Iterator[DraftProblem]:
    if len(text) > limit:
        yield DraftProblem(field, "too_long", {"limit": limit, "length": len(text)})


def _both_longer(field: str, text: Text, limit: int) -> Iterator[DraftProblem]:
    yield from _longer(f"{field}_zh", text.zh, limit)
    yield from _longer(f"{field}_en", text.en, limit)


def _blank(text: Text) -> bool:
    return not text.zh.strip() and not text.en.strip()


def _check_texts(draft: ProductDraft) -> Iterator[DraftProblem]:
    if _blank(draft.title):
        yield DraftProblem("title_zh", "required")
    yield from _longer("title_zh", draft.title.zh, LIMITS.title)
    yield from _longer("title_en", draft.title.en, LIMITS.title_en)
    yield from _both_longer("subtitle", draft.subtitle, LIMITS.subtitle)
    yield from _both_longer("body_html", draft.body_html, LIMITS.body_html)
    yield from _longer("brand", draft.brand, LIMITS.brand)
    yield from _longer("handle", draft.handle, LIMITS.handle)
    yield from _longer("private_notes", draft.private_notes, LIMITS.notes)


def _too_many(field: str, count: int, limit: int) -> Iterator[DraftProblem]:
    if count > limit:
        yield DraftProblem(field, "too_many", {"limit": limit, "count": count})


def _check_lists(draft: ProductDraft) -> Iterator[DraftProblem]:
    yield from _too_many("tags", len(draft.tags), LIMITS.tags)
    for number, tag in enumerate(draft.tags):
        yield from _longer(f"tags.{number}", tag, LIMITS.tag)
    yield from _too_many("parameters", len(draft.parameters), LIMITS.parameters)
    for number, parameter in enumerate(draft.parameters):
        if _blank(parameter.name) or _blank(parameter.value):
            yield DraftProblem(f"parameters.{number}", "required")
        yield from _both_longer(f"parameters.{number}.name", parameter.name, LIMITS.parameter)
        yield from _both_longer(f"parameters.{number}.value", parameter.value, LIMITS.parameter)
    yield from _too_many("pictures", len(draft.pictures), LIMITS.pictures)
    for number, picture in enumerate(draft.pictures):
        yield from _both_longer(f"pictures.{number}.alt", picture.alt, LIMITS.alt)
        if not (0 <= picture.focal_x <= 1000 and 0 <= picture.focal_y <= 1000):
            yield DraftProblem(f"pictures.{number}.focal_x", "out_of_range", {"low": 0, "high": 1000})


def _check_options(options: tuple[OptionDraft, ...]) -> Iterator[DraftProblem]:
    yield from _too_many("options", len(options), LIMITS.options)
    names: set[Text] = set()
    for number, option in enumerate(options):
        field = f"options.{number}"
        if _blank(option.name):
            yield DraftProblem(f"{field}.name", "required")
        elif option.name in names:
            yield DraftProblem(f"{field}.name", "duplicate", {"value": option.name.best("zh")})
        names.add(option.name)
        yield from _both_longer(f"{field}.name", option.name, LIMITS.option_name)
        yield from _check_values(field, option.values)


def _check_values(field: str, values: tuple[Text, ...]) -> Iterator[DraftProblem]:
    if not values:
        yield DraftProblem(f"{field}.values", "required")
    yield from _too_many(f"{field}.values", len(values), LIMITS.option_values)
    seen: set[Text] = set()
    for number, value in enumerate(values):
        if _blank(value):
            yield DraftProblem(f"{field}.values.{number}", "required")
        elif value in seen:
            yield DraftProblem(f"{field}.values.{number}", "duplicate", {"value": value.best("zh")})
        seen.add(value)
        yield from _both_longer(f"{field}.values.{number}", value, LIMITS.option_value)


def _check_variants(draft: ProductDraft) -> Iterator[DraftProblem]:
    if not draft.variants:
        yield DraftProblem("variants", "required")
    yield from _too_many("variants", len(draft.variants), LIMITS.variants)
    seen_choices: set[tuple[int, ...]] = set()
    seen_skus: set[str] = set()
    for number, variant in enumerate(draft.variants):
        field = f"variants.{number}"
        yield from _check_choices(field, variant, draft.options, seen_choices)
        yield from _check_sku(field, variant, seen_skus)
        yield from _check_prices(field, variant, must_sell=draft.status is ProductStatus.ACTIVE)
        yield from _check_rest(field, variant, len(draft.pictures))


def _check_choices(
    field: str, variant: VariantDraft, options: tuple[OptionDraft, ...], seen: set[tuple[int, ...]]
) -> Iterator[DraftProblem]:
    if len(variant.choices) != len(options):
        yield DraftProblem(f"{field}.choices", "wrong_length", {"wanted": len(options)})
    elif any(not 0 <= choice < len(option.values) for choice, option in zip(variant.choices, options, strict=True)):
        yield DraftProblem(f"{field}.choices", "unknown_choice")
    elif variant.choices in seen:
        yield DraftProblem(f"{field}.choices", "duplicate", {"value": "-".join(map(str, variant.choices))})
    seen.add(variant.choices)


def _check_sku(field: str, variant: VariantDraft, seen: set[str]) -> Iterator[DraftProblem]:
    yield from _longer(f"{field}.sku", variant.sku, LIMITS.sku)
    yield from _longer(f"{field}.barcode", variant.barcode, LIMITS.sku)
    if variant.sku and variant.sku in seen:
        yield DraftProblem(f"{field}.sku", "duplicate", {"value": variant.sku})
    seen.add(variant.sku)


def _check_prices(field: str, variant: VariantDraft, *, must_sell: bool) -> Iterator[DraftProblem]:
    amounts = {
        "price_minor": variant.price_minor,
        "compare_at_minor": variant.compare_at_minor,
        "cost_minor": variant.cost_minor,
    }
    for name, amount in amounts.items():
        if amount is not None and not 0 <= amount <= LIMITS.price_minor:
            yield DraftProblem(f"{field}.{name}", "out_of_range", {"low": 0, "high": LIMITS.price_minor})
    if must_sell and variant.price_minor == 0:
        yield DraftProblem(f"{field}.price_minor", "price_missing")
    if variant.compare_at_minor is not None and variant.compare_at_minor <= variant.price_minor:
        yield DraftProblem(f"{field}.compare_at_minor", "compare_not_above_price")


def _check_rest(field: str, variant: VariantDraft, picture_count: int) -> Iterator[DraftProblem]:
    if not 0 <= variant.weight_grams <= LIMITS.weight_grams:
        yield DraftProblem(f"{field}.weight_grams", "out_of_range", {"low": 0, "high": LIMITS.weight_grams})
    if variant.picture_index is not None and not 0 <= variant.picture_index < picture_count:
        yield DraftProblem(f"{field}.picture_index", "unknown_picture")
