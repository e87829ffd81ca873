"""Orders that plans brought as a file: a line of an order in each row."""

from collections.abc import Iterator, Sequence

from django.utils.translation import get_language, gettext

from billing.settlement.exporting.sheets import Cell, Column, FileFormat, Paper, Section, find_writer
from market.money import DEFAULT_CURRENCY
from merchant_portal.per_sale.page import badge_sale
from merchant_portal.per_sale.typed import print_rate
from search.per_sale.contracts import SaleLineView, SaleView


def write_sales(sales: Sequence[SaleView]) -> Iterator[bytes]:
    """The file, piece by piece."""
    rows = [_list_cells(sale, line) for sale in sales for line in sale.lines]
    section = Section(
        title=gettext("Orders from pay per sale"),
        columns=[Column(head, is_money=is_money) for head, is_money in _list_heads()],
        rows=rows,
        last=None,
    )
    paper = Paper(title=section.title, notes=(), sections=[section], currency=DEFAULT_CURRENCY)
    return find_writer(FileFormat.CSV)(paper)


def _list_heads() -> list[tuple[str, bool]]:
    return [
        (gettext("Order"), False),
        (gettext("Ordered at"), False),
        (gettext("Clicked at"), False),
        (gettext("State"), False),
        (gettext("Version of the plan"), False),
        (gettext("Product"), False),
        (gettext("Pieces"), False),
        (gettext("Goods (¥)"), True),
        (gettext("Refunded (¥)"), True),
        (gettext("Commission (%)"), False),
        (gettext("Commission (¥)"), True),
    ]


def _list_cells(sale: SaleView, line: SaleLineView) -> list[Cell]:
    title = line.title_en if get_language() == "en" and line.title_en else line.title_zh
    return [
        sale.share_no,
        sale.ordered_at.isoformat(timespec="seconds"),
        sale.clicked_at.isoformat(timespec="seconds"),
        badge_sale(sale)[0],
        str(sale.version),
        title,
        str(line.quantity),
        line.net_minor,
        line.refunded_minor,
        print_rate(line.rate.bps) if line.rate else "",
        line.commission_minor,
    ]
