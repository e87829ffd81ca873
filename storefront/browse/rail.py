"""The rail of facets, drawn. A list has some seventy values: Python writes them ten times faster than a template."""

from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from search.listings.contracts import Facet, FacetKind, FacetValue
from storefront.browse.query import field_of

FIRST_VALUES = 6
OPEN_FACETS = 5
_MOST_ROWS_KEPT = 4_000


def draw_rail(facets: Sequence[Facet], *, language: str, is_in_category: bool = False) -> SafeString:
    """The facets as groups of ticks. Stock and price have fields of their own, a category's page needs no category."""
    groups = [
        _draw_group(facet, language, is_near_top=number < OPEN_FACETS)
        for number, facet in enumerate(facets)
        if field_of(facet) not in ("", "stock") and not (is_in_category and facet.kind is FacetKind.CATEGORY)
    ]
    return mark_safe("\n".join(groups))  # noqa: S308 - every text in it was escaped


def _draw_group(facet: Facet, language: str, *, is_near_top: bool) -> str:
    """A facet as `<details>`: the first values, the rest folded; all of them where one of the rest is ticked."""
    kind, field = "radio" if facet.kind is FacetKind.CATEGORY else "checkbox", field_of(facet)
    rows = [_draw_value(kind, field, value, language) for value in facet.values]
    hides_tick = any(value.ticked for value in facet.values[FIRST_VALUES:])
    first = len(rows) if hides_tick else FIRST_VALUES
    is_open = is_near_top or any(value.ticked for value in facet.values)
    return (
        f'<details class="facet"{" open" if is_open else ""}><summary>{escape(_name_facet(facet, language))}</summary>'
        f"{''.join(rows[:first])}{_fold(rows[first:])}</details>"
    )


def _fold(rows: Sequence[str]) -> str:
    if not rows:
        return ""
    label = ngettext("%(more)s more", "%(more)s more", len(rows)) % {"more": len(rows)}
    return f'<details><summary class="tiny">{escape(label)}</summary>{"".join(rows)}</details>'


def _draw_value(kind: str, field: str, value: FacetValue, language: str) -> str:
    row = _draw_tick(kind, field, value.value, value.label.best(language), value.ticked)
    return f'{row}<span class="count">{value.count}</span></label>'


@lru_cache(maxsize=_MOST_ROWS_KEPT)
def _draw_tick(kind: str, field: str, value: str, label: str, ticked: bool) -> str:
    """A value without its count, which changes with every question; its label is left open."""
    return (
        f'<label class="ticked small"><input class="tick" type="{kind}" name="{escape(field)}" value="{escape(value)}"'
        f"{' checked' if ticked else ''} data-send-on-change><span>{escape(label)}</span>"
    )


def _name_facet(facet: Facet, language: str) -> str:
    if facet.kind is FacetKind.CATEGORY:
        return gettext("Category")
    if facet.kind is FacetKind.BRAND:
        return gettext("Brand")
    return gettext("Shop") if facet.kind is FacetKind.SHOP else facet.name.best(language)
