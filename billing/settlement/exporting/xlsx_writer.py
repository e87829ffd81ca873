"""A workbook with one sheet a section, written row by row into a file on disk (openpyxl's write-only mode)."""

import re
from collections.abc import Iterator, Sequence
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
    bold = Font(bold=True)
    sheet.append([_words(sheet, column.head, bold) for column in section.columns])
    for row in section.rows:
        sheet.append(_to_cells(sheet, row, section.columns, currency))
    if section.last is not None:
        sheet.append(_to_cells(sheet, section.last, section.columns, currency, bold))


def _to_cells(
    sheet: WriteOnlyWorksheet, row: Sequence[Cell], columns: Sequence[Column], currency: str, font: Font | None = None
) -> list[SheetCell]:
    exponent = get_currency(currency).exponent
    cells = []
    for column, value in zip(columns, row, strict=True):
        if column.is_money and isinstance(value, int):
            cell = WriteOnlyCell(sheet)
            cell.value = Decimal(value).scaleb(-exponent)
            cell.number_format = "#,##0." + "0" * exponent if exponent else "#,##0"
            if font:
                cell.font = font
        else:
            cell = _words(sheet, "" if value is None else str(value), font)
        cells.append(cell)
    return cells


def _words(sheet: WriteOnlyWorksheet, text: str, font: Font | None = None) -> SheetCell:
    cell = WriteOnlyCell(sheet, value=make_harmless(text)[:_LONGEST_CELL])
    cell.data_type = "s"  # never a formula, whatever it begins with
    if font:
        cell.font = font
    return cell
