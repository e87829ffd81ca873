"""Statements that are asked all the time: the server keeps them parsed and planned (`settings`: prepare_threshold)."""

from collections.abc import Sequence
from typing import Any

from market.shops.backend.current import current


def ask(sql: str, values: Sequence[str]) -> list[tuple[Any, ...]]:  # Any: columns
    """The rows of one statement. The server binds its values, so their types have to be said: `%s::uuid[]`.

    A connection keeps a plan for each text, so there should be few of them. Raises what Django's cursors raise.
    """
    with current.prepared_cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
