"""Cursor paging: opaque, signed positions. A cursor holds the sort values of the last row, never an offset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core import signing

T = TypeVar("T")
Position = str | int | float | bool | None
_SALT = "web.paging"
MAX_CURSOR_LENGTH = 512


class BadCursor(ValueError):
    """A cursor that was not made here, for this list, or is cut."""


@dataclass(frozen=True, slots=True)
class CursorPage(Generic[T]):
    """The rows of one page, and the cursor of the next one (None at the end)."""

    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(position: Sequence[Position], *, scope: str) -> str:
    """A position as text. `scope` names the list and its order: a cursor of one list does not open another."""
    return signing.dumps(list(position), salt=f"{_SALT}:{scope}", compress=True)


def decode_cursor(text: str, *, scope: str, length: int) -> list[Position]:
    """The position in a cursor. Raises `BadCursor` unless it holds exactly `length` values of this scope."""
    if len(text) > MAX_CURSOR_LENGTH:
        raise BadCursor("too long")
    try:
        position = signing.loads(text, salt=f"{_SALT}:{scope}")
    except signing.BadSignature as error:
        raise BadCursor("not signed by us") from error
    if not isinstance(position, list) or len(position) != length:
        raise BadCursor("another list's cursor")
    return position


def cut_page(rows: Sequence[T], *, size: int, scope: str, position: Callable[[T], Sequence[Position]]) -> CursorPage[T]:
    """A page out of up to `size + 1` rows: the one too many tells that there is more."""
    items = rows[:size]
    more = len(rows) > size and bool(items)
    return CursorPage(items, encode_cursor(position(items[-1]), scope=scope) if more else None)
