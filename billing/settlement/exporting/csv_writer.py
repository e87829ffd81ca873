"""Comma-separated: UTF-8 with a mark at its beginning, so that Excel reads Chinese as it is."""

import csv
import io
from collections.abc import Iterator, Sequence

from billing.settlement.exporting.sheets import Cell, Paper, Section, make_harmless, plain_figure

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_ROWS_A_PIECE = 500


def write_csv(paper: Paper) -> Iterator[bytes]:
    """The sections one below the other, an empty line between them. Nothing of it is kept in memory."""
    target = io.StringIO()
    target.write(_MARK)
    writer = csv.writer(target)
    for place, section in enumerate(paper.sections):
        if place:
            writer.writerow([])
        writer.writerow([make_harmless(column.head) for column in section.columns])
        for number, row in enumerate(section.rows, start=1):
            writer.writerow(_to_cells(row, section, paper.currency))
            if number % _ROWS_A_PIECE == 0:
                yield _take(target)
        if section.last is not None:
            writer.writerow(_to_cells(section.last, section, paper.currency))
    yield _take(target)


def _to_cells(row: Sequence[Cell], section: Section, currency: str) -> list[str]:
    return [
        plain_figure(cell, currency)
        if column.is_money and isinstance(cell, int)
        else make_harmless("" if cell is None else str(cell))
        for column, cell in zip(section.columns, row, strict=True)
    ]


def _take(target: io.StringIO) -> bytes:
    text = target.getvalue()
    target.seek(0)
    target.truncate()
    return text.encode()
