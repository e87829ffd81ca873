"""What the pages of search words share: their tabs, and finding a listing by what was typed."""

import re

from django.urls import reverse
from django.utils.translation import gettext

from console.lists import read_number
from web.shapes import Tab

_ITEM = re.compile(r"item/(\d+)")


def list_tabs(current: str) -> list[Tab]:
    """The pages of search words, by the name of their address."""
    pages = (
        ("synonyms", gettext("Synonyms")),
        ("hot-words", gettext("Hot words")),
        ("placements", gettext("Pinned and buried")),
        ("why", gettext("Why is this here")),
    )
    return [Tab(label, reverse(f"console:{name}"), name == current) for name, label in pages]


def read_listing_id(typed: str) -> int | None:
    """The listing that a number or the address of a product's page names."""
    found = _ITEM.search(typed)
    return read_number(found[1] if found else typed)
