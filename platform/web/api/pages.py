"""Pages of lists: `items` and the `next_cursor`, signed and good for one list only."""

from collections.abc import Sequence
from typing import Any  # Any: serializers without instances

from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from web.api.fields import Line, StrictSerializer
from web.paging import BadCursor, Position, decode_cursor

MAX_CURSOR = 2_000


class PageQuery(StrictSerializer):
    """What every list takes."""

    cursor = Line(required=False, max_length=MAX_CURSOR, help_text="`next_cursor` of the page before.")


def page_of(item: type[serializers.Serializer[Any]], name: str) -> type[serializers.Serializer[Any]]:
    """The shape of a page of such items. `name` is its name in the description."""
    return type(
        name,
        (serializers.Serializer,),
        {
            "__doc__": "Some items, and where the next ones begin.",
            "items": item(many=True),
            "next_cursor": serializers.CharField(allow_null=True, help_text="null on the last page."),
        },
    )


def read_cursor(cursor: str | None, *, scope: str) -> Position:
    """The one value in a cursor, None without a cursor. Raises `ValidationError`."""
    if not cursor:
        return None
    try:
        return decode_cursor(cursor, scope=scope, length=1)[0]
    except BadCursor as error:
        raise bad_cursor() from error


def read_place(cursor: str | None, *, scope: str) -> int | None:
    """The same for lists ordered by a number."""
    place = read_cursor(cursor, scope=scope)
    return place if isinstance(place, int) else None


def bad_cursor() -> ValidationError:
    """What is said to a cursor of another list, or none of ours."""
    return ValidationError({"cursor": [gettext("This cursor is not of this list. Begin with the first page.")]})


def show_page(
    item: type[serializers.Serializer[Any]], items: Sequence[object], next_cursor: str | None
) -> dict[str, object]:
    """The body of a page."""
    return {"items": item(items, many=True).data, "next_cursor": next_cursor or None}
