"""From bytes to rows of cells: encoding, separator, limits."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tenants.catalog.imports.contracts import FileRefused

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 100_000

_SEPARATORS = (",", ";", "\t")
# What PostgreSQL cannot store or a page cannot show; tab and line ends stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Table:
    """A file as rows. `rows` holds (number as a spreadsheet counts, cells by heading); empty rows are left out."""

    encoding: str
    headings: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_table(content: bytes, *, score: Callable[[list[str]], int]) -> Table:
    """Read a CSV file. `score` says how well a heading row is known; the separator that scores best is taken.

    Raises `FileRefused`: empty, too large, unknown encoding, no heading we know, too many rows or columns.
    """
    if len(content) > MOST_BYTES:
        raise FileRefused("file_too_large", limit=MOST_BYTES // 1024 // 1024)
    text, encoding = decode(content)
    if not text.strip():
        raise FileRefused("file_empty")
    separator = _choose_separator(text, score)
    records = _read_records(text, separator)
    headings = tuple(cell.strip() for cell in next(records, (0, []))[1])
    if len(headings) > MOST_COLUMNS:
        raise FileRefused("file_too_many_columns", limit=MOST_COLUMNS)
    rows: list[tuple[int, dict[str, str]]] = []
    for number, cells in records:
        if len(rows) >= MOST_ROWS:
            raise FileRefused("file_too_many_rows", limit=MOST_ROWS)
        if any(cell.strip() for cell in cells):
            rows.append((number, dict(zip(headings, cells, strict=False))))
    return Table(encoding=encoding, headings=headings, rows=tuple(rows))


def decode(content: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8 with or without mark, UTF-16 with mark, else GB18030 as Excel saves in China."""
    has_utf16_mark = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if has_utf16_mark else ["utf-8-sig", "gb18030"]:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise FileRefused("file_encoding_unknown")


def _choose_separator(text: str, score: Callable[[list[str]], int]) -> str:
    def rate(separator: str) -> tuple[int, int]:
        _, headings = next(_read_records(text[:20_000], separator), (0, []))
        return score([heading.strip() for heading in headings]), len(headings)

    best = max(_SEPARATORS, key=rate)
    if rate(best)[0] == 0:
        raise FileRefused("file_format_unknown")
    return best


def _read_records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused("file_broken", row=number) from error
        yield number, [_CONTROLS.sub("", cell) for cell in record]
