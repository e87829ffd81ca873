"""A report as a file: every column, the figures plain, the sum last."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext, pgettext

from billing.settlement.exporting.sheets import Cell, Column, FileFormat, Paper, Section, find_writer
from market.money import DEFAULT_CURRENCY
from merchant_portal.ads_reports.page import NamedRow, print_micro
from merchant_portal.ads_reports.words import name_dimension
from search.reports.contracts import Dimension, Figures, Report

WHOLE_PPM = 1_000_000


def write_csv(report: Report, rows: Sequence[NamedRow], by: Dimension) -> Iterator[bytes]:
    """The file, piece by piece."""
    lines = [[row.name, *_list_cells(one.figures)] for row, one in zip(rows, report.rows, strict=True)]
    section = Section(
        title=name_dimension(by),
        columns=[Column(head, is_money=is_money) for head, is_money in _list_heads(by)],
        rows=lines,
        last=[gettext("Sum"), *_list_cells(report.total)],
    )
    paper = Paper(title=section.title, notes=(), sections=[section], currency=DEFAULT_CURRENCY)
    return find_writer(FileFormat.CSV)(paper)


def _list_heads(by: Dimension) -> list[tuple[str, bool]]:
    return [
        (name_dimension(by), False),
        (pgettext("ads", "Views"), False),
        (pgettext("ads", "Filtered views"), False),
        (pgettext("ads", "Clicks"), False),
        (pgettext("ads", "Filtered clicks"), False),
        (pgettext("ads", "Clicks given back"), False),
        (pgettext("ads", "Click rate"), False),
        (pgettext("ads", "Cost (¥)"), False),
        (pgettext("ads", "Cost a click (¥)"), False),
        (pgettext("ads", "Given back (¥)"), False),
        (pgettext("ads", "Borne by us (¥)"), False),
        (pgettext("ads", "Orders"), False),
        (pgettext("ads", "Orders a click"), False),
        (pgettext("ads", "Revenue (¥)"), True),
        (pgettext("ads", "Refunded later (¥)"), True),
        (pgettext("ads", "Of it other goods (¥)"), True),
        (pgettext("ads", "Orders after a view"), False),
        (pgettext("ads", "Revenue after a view (¥)"), True),
        (pgettext("ads", "ROAS"), False),
        (pgettext("ads", "ACoS"), False),
    ]


def _list_cells(figures: Figures) -> list[Cell]:
    sums, sold = figures.sums, figures.sold
    return [
        str(sums.views),
        str(sums.filtered_views),
        str(sums.clicks),
        str(sums.filtered_clicks),
        str(sums.credited_clicks),
        _write_rate(figures.click_rate_ppm, WHOLE_PPM),
        _write_micro(figures.cost_micro),
        "" if figures.click_price_micro is None else _write_micro(figures.click_price_micro),
        _write_micro(sums.credited_micro + sums.freed_micro),
        _write_micro(sums.borne_micro),
        f"{sold.orders_ppm / WHOLE_PPM:g}",
        _write_rate(figures.conversion_rate_ppm, WHOLE_PPM),
        sold.revenue_minor,
        sold.adjusted_minor,
        sold.halo_minor,
        f"{sold.view_orders_ppm / WHOLE_PPM:g}",
        sold.view_revenue_minor,
        _write_rate(figures.roas_bps, 10_000),
        _write_rate(figures.acos_bps, 10_000),
    ]


def _write_micro(amount_micro: int) -> str:
    return print_micro(amount_micro).replace(",", "")


def _write_rate(rate: int | None, whole: int) -> str:
    """A part of one; nothing for a rate of nothing."""
    return "" if rate is None else f"{rate / whole:.4f}"
