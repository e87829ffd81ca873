"""The grid of variants that options span."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from tenants.catalog.contracts import OptionDraft, Text, VariantDraft
from tenants.catalog.rules.limits import LIMITS


def build_matrix(options: Sequence[OptionDraft]) -> list[tuple[int, ...]]:
    """Every combination of values, first option slowest; one empty combination without options.

    Stops one past the most variants a product may have, so that a caller can tell "too many" without building them.
    """
    combinations = product(*(range(len(option.values)) for option in options))
    return [choices for choices, _ in zip(combinations, range(LIMITS.variants + 1), strict=False)]


def complete_variants(options: Sequence[OptionDraft], variants: Sequence[VariantDraft]) -> list[VariantDraft]:
    """The grid in order, with the given variants in their places and new ones, priced like the first, between."""
    given = {variant.choices: variant for variant in variants}
    price_minor = variants[0].price_minor if variants else 0
    weight_grams = variants[0].weight_grams if variants else 0
    return [
        given.get(choices) or VariantDraft(sku="", choices=choices, price_minor=price_minor, weight_grams=weight_grams)
        for choices in build_matrix(options)
    ]


def renumber_variants(
    before: Sequence[OptionDraft], after: Sequence[OptionDraft], variants: Sequence[VariantDraft]
) -> list[VariantDraft]:
    """Variants carried over to changed options by the names of their values; without those whose values are gone."""
    places = [
        {value: index for index, value in enumerate(option.values)} if option else {}
        for option in (next((o for o in after if o.name == old.name), None) for old in before)
    ]
    order = [next((i for i, old in enumerate(before) if old.name == option.name), None) for option in after]
    carried = []
    for variant in variants:
        new = [places[i].get(before[i].values[variant.choices[i]]) if i is not None else 0 for i in order]
        if all(choice is not None for choice in new):
            carried.append(replace(variant, choices=tuple(choice for choice in new if choice is not None)))
    return list({variant.choices: variant for variant in reversed(carried)}.values())[::-1]


def describe_choices(options: Sequence[OptionDraft], choices: Sequence[int]) -> Text:
    """The chosen values as one text: 青釉 · 350ml. Out-of-date choices are left out rather than raised."""
    values = [
        option.values[choice] for option, choice in zip(options, choices, strict=False) if choice < len(option.values)
    ]
    return Text(
        zh=" · ".join(value.best("zh") for value in values),
        en=" · ".join(value.best("en") for value in values),
    )
