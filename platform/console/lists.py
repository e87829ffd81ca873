"""Long lists, page by page: each goes on from the id of the last row."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.http import Http404, HttpRequest

from web.paging import BadCursor, CursorPage, cut_page, decode_cursor, encode_cursor

T = TypeVar("T")
PAGE = 50
MOST_DIGITS = 18


def read_position(request: HttpRequest, scope: str) -> int | None:
    """Where the page begins: the id in `?after=`, None at the start. Raises `Http404` for a cursor of another list."""
    if "after" not in request.GET:
        return None
    try:
        (position,) = decode_cursor(request.GET["after"], scope=f"console:{scope}", length=1)
    except BadCursor as error:
        raise Http404 from error
    if not isinstance(position, int):
        raise Http404
    return position


def cut(rows: Sequence[T], scope: str, identify: Callable[[T], int]) -> CursorPage[T]:
    """One page out of up to `PAGE + 1` rows."""
    return cut_page(rows, size=PAGE, scope=f"console:{scope}", position=lambda row: [identify(row)])


def encode_position(scope: str, position: int | None) -> str | None:
    """The cursor of a page that goes on after a position; None at the end."""
    return None if position is None else encode_cursor([position], scope=f"console:{scope}")


def read_text(request: HttpRequest, name: str, most: int) -> str:
    """What was typed into a search field: one line of printable signs, cut to `most`."""
    return "".join(sign for sign in request.GET.get(name, "") if sign.isprintable()).strip()[:most]


def read_number(text: str) -> int | None:
    """The id that somebody typed; None for anything else."""
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else None
