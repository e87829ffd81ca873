"""What is written into a file: titled sections of rows. Which library writes a format is known by the settings only.

The libraries are heavy: a process that never writes a format never loads its writer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from market.money import get_currency

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_LAST_CONTROL = 32


class FileFormat(StrEnum):
    """What a file can be."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


CONTENT_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `is_money`: its cells are amounts in minor units. `weight` is its part of a page's width."""

    head: str
    weight: int = 10
    is_money: bool = False


Cell = str | int | None
"""Words, an amount in minor units (in a column of money), or nothing."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its title. `rows` may be read once only; `last` is the row that closes it."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    last: Sequence[Cell] | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole file. `notes` are lines under the title; `page_word` has the page's number as `%(page)s`; `dated` is the
    day that it was issued on, where that matters."""

    title: str
    notes: Sequence[str]
    sections: Sequence[Section]
    currency: str
    page_word: str = field(default="%(page)s")
    dated: date | None = None


class Writer(Protocol):
    """Writes a paper in one format, piece by piece."""

    def __call__(self, paper: Paper) -> Iterator[bytes]: ...


@lru_cache(maxsize=len(FileFormat))
def find_writer(wanted: FileFormat) -> Writer:
    """The writer of a format, loaded when it is first asked for."""
    writer: Writer = import_string(settings.SHEET_WRITERS[wanted.value])
    return writer


def make_harmless(cell: str) -> str:
    """A cell that a spreadsheet shows instead of running it; control characters, which no format can hold, are gone."""
    clean = "".join(sign if ord(sign) >= _LAST_CONTROL or sign == "\n" else " " for sign in cell)
    return f"'{clean}" if cell.startswith(_DANGEROUS) else clean


def plain_figure(amount_minor: int, currency: str) -> str:
    """An amount as programs read it: `-1234.50`, no grouping."""
    exponent = get_currency(currency).exponent
    whole, decimals = divmod(abs(amount_minor), 10**exponent)
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{whole}.{decimals:0{exponent}d}" if exponent else f"{sign}{whole}"
