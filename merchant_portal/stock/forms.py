"""What is typed into the stock table and beside it."""

import re

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from merchant_portal.stock.page import StockLine
from tenants.inventory.contracts import StockCount, StockRow, Wanted

MOST_PIECES = 10_000_000
_NUMBER = re.compile(r"[+−-]?\d{1,8}")


class BadEntry(ValueError):
    """A field of the table cannot be read; `wrongs` says which, by level."""

    def __init__(self, wrongs: dict[int, str]) -> None:
        super().__init__("; ".join(wrongs.values()))
        self.wrongs = wrongs


class WarehouseForm(forms.Form):
    """A further place where stock lies."""

    name = forms.CharField(
        label=_("Name"), max_length=60, error_messages={"required": _("Enter what the place is called.")}
    )
    code = forms.RegexField(
        label=_("Short code"),
        regex=r"^[a-z0-9-]{1,30}$",
        max_length=30,
        error_messages={
            "required": _("Enter a short code, such as north-2."),
            "invalid": _("A code has small letters, digits and hyphens only."),
        },
    )


def read_entries(
    data: QueryDict, rows: dict[int, StockRow]
) -> tuple[list[StockCount], dict[int, list[Wanted]], dict[int, str]]:
    """Counts ("12"), pieces received by warehouse ("+12"), and what was typed, by level. Raises `BadEntry`."""
    counts: list[StockCount] = []
    received: dict[int, list[Wanted]] = {}
    typed: dict[int, str] = {}
    wrongs: dict[int, str] = {}
    for level_id, row in rows.items():
        text = data.get(f"count-{level_id}", "").strip().replace(" ", "")[:20]
        if not text:
            continue
        typed[level_id] = text
        if not _NUMBER.fullmatch(text) or text[0] in "−-":
            wrongs[level_id] = gettext("Enter how many lie there, such as 12, or how many came in, such as +12.")
        elif not 0 <= int(text) <= MOST_PIECES:
            wrongs[level_id] = gettext("At most 10,000,000 pieces can lie in one place.")
        elif text.startswith("+"):
            if int(text):
                received.setdefault(row.warehouse_id, []).append(Wanted(row.variant_id, int(text)))
        else:
            counts.append(StockCount(row.variant_id, int(text), row.warehouse_id))
    if wrongs:
        raise BadEntry({**wrongs})
    return counts, received, typed


def keep_typed(lines: list[StockLine], data: QueryDict, wrongs: dict[int, str]) -> list[StockLine]:
    """The table again with what was typed, and the sentences beside it."""
    return [
        StockLine(
            line.row,
            line.title,
            line.choices,
            line.sku,
            line.warehouse,
            data.get(line.field, "").strip()[:20],
            wrongs.get(line.row.level_id, ""),
        )
        for line in lines
    ]
