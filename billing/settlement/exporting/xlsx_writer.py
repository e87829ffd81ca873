"""A workbook with one sheet a section, written row by row into a file on disk (openpyxl's write-only mode)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from tempfile import TemporaryFile

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from billing.settlement.exporting.sheets import Cell, Column, Paper, Section, make_harmless
from market.money import get_currency

_NOT_IN_A_NAME = re.compile(r"[\\/*?:\[\]]")
_LONGEST_NAME = 31
_LONGEST_CELL = 32_767
_PIECE_BYTES = 64 * 1024


def write_xlsx(paper: Paper) -> Iterator[bytes]:
    """Amounts are numbers with the currency's decimals, everything else is words: no cell is a formula."""
    book = Workbook(write_only=True)
    for place, section in enumerate(paper.sections, start=1):
        name = _NOT_IN_A_NAME.sub(" ", section.title)[:_LONGEST_NAME].strip(" '") or str(place)
        _write_section(book.create_sheet(name), section, paper.currency)
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _write_section(sheet: WriteOnlyWorksheet, section: Section, currency: str) -> None:
    sheet.freeze_panes = "A2"
    for place, column in enumerate(section.columns, start=1):
        width = max(8, column.weight * 1.6)
        sheet.column_dimensions[get_column_letter(place)].width = width  # type: ignore[attr-defined]
    plain = [_new_cell(sheet, column, currency) for column in section.columns]
    bold = [_new_cell(sheet, column, currency, Font(bold=True)) for column in section.columns]
    sheet.append([_fill(cell, column.head, 0) for cell, column in zip(bold, section.columns, strict=True)])
    exponent = get_currency(currency).exponent
    for row in section.rows:
        sheet.append([_fill(cell, value, exponent) for cell, value in zip(plain, row, strict=True)])
    if section.last is not None:
        sheet.append([_fill(cell, value, exponent) for cell, value in zip(bold, section.last, strict=True)])


def _new_cell(sheet: WriteOnlyWorksheet, column: Column, currency: str, font: Font | None = None) -> SheetCell:
    """The cell of a column: a row is written at once, so that the next row may use it again."""
    cell = WriteOnlyCell(sheet)
    if font:
        cell.font = font
    if column.is_money:
        exponent = get_currency(currency).exponent
        cell.number_format = "#,##0." + "0" * exponent if exponent else "#,##0"
    return cell


def _fill(cell: SheetCell, value: Cell, exponent: int) -> SheetCell:
    if isinstance(value, int):
        cell.value = Decimal(value).scaleb(-exponent)
    else:
        cell.value = make_harmless(value or "")[:_LONGEST_CELL]
        cell.data_type = "s"  # never a formula, whatever it begins with
    return cell
