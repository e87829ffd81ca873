"""How complete a product is: what helps shoppers to find and trust it."""

from dataclasses import dataclass

from django.utils.translation import gettext

from merchant_portal.editor.entries import ProductEntry

GOOD_PICTURES = 3
GOOD_BODY = 60


@dataclass(frozen=True, slots=True)
class Point:
    """One point, reached or still open, and the field that leads to it."""

    text: str
    href: str
    done: bool


def list_points(entry: ProductEntry) -> list[Point]:
    """The points in the order of the form."""
    fixed = [line for line in entry.parameters if line.fixed]
    points = [
        Point(gettext("Title in both languages"), "#title_zh", bool(entry.title.zh and entry.title.en)),
        Point(gettext("A category, to be found in the tree"), "#category_id", bool(entry.category_id)),
        Point(gettext("Three pictures or more"), "#uploads", len(entry.pictures) >= GOOD_PICTURES),
        Point(
            gettext("A description of some sentences"),
            "#body_html_zh",
            len(entry.body.zh or entry.body.en) >= GOOD_BODY,
        ),
        Point(gettext("The weight of each variant"), "#variants", all(row.weight for row in entry.variants if row.on)),
        Point(gettext("An SKU for each variant"), "#variants", all(row.sku for row in entry.variants if row.on)),
    ]
    if fixed:
        filled = all(not line.value.is_blank for line in fixed)
        points.append(Point(gettext("All parameters of the category, to be filtered by"), "#parameters", filled))
    return points
