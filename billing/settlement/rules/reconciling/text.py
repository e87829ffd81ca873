"""A statement's bytes as lines of text, within limits; and its amounts, times and numbers as they have to be."""

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from billing.settlement.contracts.reconciling import BadStatement
from market.money import BadAmount, UnknownCurrency, get_currency, parse_minor

MOST_BYTES = 128 * 1024 * 1024
"""Of the content, uncompressed. A day with more is one that this way of comparing is not made for."""
MOST_LINES = 400_000
LONGEST_LINE = 64 * 1024
LONGEST_NUMBER = 80
_GZIP = b"\x1f\x8b"
_NUMBER = re.compile(r"[\x21-\x7e]*")


def open_content(content: bytes) -> BinaryIO:
    """The file's content as a stream, unpacked if it came packed by gzip."""
    plain = io.BytesIO(content)
    return cast(BinaryIO, gzip.GzipFile(fileobj=plain)) if content[:2] == _GZIP else plain


def check_hash(content: bytes, stated_sha1: str) -> None:
    """Whether the content is what the provider says it sent. Raises `BadStatement`.

    The provider's own example hashes what it unpacked, its text does not say; either proves that nothing was lost.
    """
    unpacked = hashlib.sha1(usedforsecurity=False)
    for chunk in _read_chunks(open_content(content)):
        unpacked.update(chunk)
    packed = hashlib.sha1(content, usedforsecurity=False)
    if stated_sha1.lower() not in (unpacked.hexdigest(), packed.hexdigest()):
        raise BadStatement("wrong_hash", stated=stated_sha1[:40], counted=unpacked.hexdigest())


def digest_content(content: bytes) -> tuple[str, int]:
    """SHA-256 and size of the content itself, however it was packed. Raises `BadStatement`."""
    digest, size = hashlib.sha256(), 0
    for chunk in _read_chunks(open_content(content)):
        digest.update(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise BadStatement("too_large", most=MOST_BYTES)
    if not size:
        raise BadStatement("empty")
    return digest.hexdigest(), size


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Numbered lines of UTF-8 text, without their ends and without a byte order mark. Raises `BadStatement`."""
    number, size = 0, 0
    try:
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            size += len(line)
            if size > MOST_BYTES:
                raise BadStatement("too_large", row=number, most=MOST_BYTES)
            if len(line) > LONGEST_LINE:
                raise BadStatement("line_too_long", row=number, most=LONGEST_LINE)
            yield number, _decode(line, number)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise BadStatement("broken_archive", row=number) from error


def read_amount(text: str, currency: str, row: int, column: str) -> int:
    """A signed amount in minor units. Raises `BadStatement`."""
    typed = text.strip()
    sign = -1 if typed.startswith("-") else 1
    try:
        return sign * parse_minor(typed.removeprefix("-"), currency)
    except BadAmount as error:
        raise BadStatement("bad_amount", row=row, column=column, value=text[:40]) from error


def read_currency(text: str, row: int, column: str) -> str:
    """A currency's code. Raises `BadStatement`."""
    code = text.strip().upper()
    try:
        get_currency(code)
    except UnknownCurrency as error:
        raise BadStatement("unknown_currency", row=row, column=column, value=text[:10]) from error
    return code


def read_time(text: str, zone: ZoneInfo, row: int, column: str) -> datetime:
    """`2026-11-21 09:30:00` in a time zone. Raises `BadStatement`."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError as error:
        raise BadStatement("bad_time", row=row, column=column, value=text[:40]) from error


def read_number(text: str, row: int, column: str) -> str:
    """A number of ours or theirs: printable, without spaces, not too long; may be empty. Raises `BadStatement`."""
    number = text.strip()
    if len(number) > LONGEST_NUMBER or not _NUMBER.fullmatch(number):
        raise BadStatement("bad_number", row=row, column=column, value=number[:40])
    return number


def _decode(line: bytes, number: int) -> str:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise BadStatement("wrong_encoding", row=number) from error
    if "\x00" in text:
        raise BadStatement("wrong_encoding", row=number)
    return text.rstrip("\r\n")


def _read_chunks(stream: BinaryIO) -> Iterator[bytes]:
    size = 0
    try:
        while chunk := stream.read(1024 * 1024):
            size += len(chunk)
            if size > MOST_BYTES:
                raise BadStatement("too_large", most=MOST_BYTES)
            yield chunk
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise BadStatement("broken_archive") from error
