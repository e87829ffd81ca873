"""Keeps the table of variants in step with the options: nothing typed is lost, new combinations appear."""

from dataclasses import replace
from itertools import product

from merchant_portal.editor.entries import Both, OptionEntry, Place, ProductEntry, VariantEntry
from tenants.catalog.rules import LIMITS


def rebuild_table(entry: ProductEntry, *, new_on: bool = True) -> None:
    """One row for each combination of values, the typed ones in their places. Changes `entry`.

    Rows of values that are gone go too; a row that does not know a new option takes its first value.
    """
    used = entry.used_options
    count = 1
    for position in used:
        count *= len(entry.options[position].filled)
    entry.too_many_variants = count > LIMITS.variants
    known = _carry_over(entry, used)
    if entry.too_many_variants:
        entry.variants = list(known.values())[: LIMITS.variants]
    else:
        first = next(iter(entry.variants), VariantEntry())
        grid = product(*([(position, value) for value in entry.options[position].filled] for position in used))
        entry.variants = [
            known.get(places) or VariantEntry(places=places, on=new_on, price=first.price, weight=first.weight)
            for places in grid
        ]
    for row in entry.variants:
        row.label = _name(entry.options, row.places)


def fill_rows(entry: ProductEntry, typed: dict[str, str]) -> None:
    """Put what was typed into the line for all rows into each of them; SKUs are numbered where empty."""
    for name in ("price", "was", "cost", "stock", "weight"):
        if typed.get(name):
            for row in entry.variants:
                setattr(row, name, typed[name])
    if prefix := typed.get("sku", ""):
        taken = {row.sku for row in entry.variants}
        number = 0
        for row in entry.variants:
            if not row.sku:
                number += 1
                while f"{prefix}-{number:02d}" in taken:
                    number += 1
                row.sku = f"{prefix}-{number:02d}"


def _carry_over(entry: ProductEntry, used: list[int]) -> dict[tuple[Place, ...], VariantEntry]:
    known: dict[tuple[Place, ...], VariantEntry] = {}
    for row in entry.variants:
        chosen = dict(row.places)
        places = []
        for position in used:
            filled = entry.options[position].filled
            value = chosen.get(position, filled[0])
            if value not in filled:
                break
            places.append((position, value))
        else:
            known.setdefault(tuple(places), replace(row, places=tuple(places)))
    return known


def _name(options: list[OptionEntry], places: tuple[Place, ...]) -> Both:
    values = [options[option].values[value] for option, value in places]
    return Both(
        zh=" · ".join(value.zh or value.en for value in values),
        en=" · ".join(value.en or value.zh for value in values),
    )
