"""Arrays as PostgreSQL reads them (PostgreSQL documentation, 8.15.6): lists of values that need no quotes."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

PlainValue = int | date | UUID | str


def write_array(values: Iterable[PlainValue]) -> str:
    """`{1,2}`. Being a text whatever its numbers are, it is one type of parameter, for one prepared statement.

    A text among the values has to be the text of a number, a day or a UUID.
    """
    return "{" + ",".join(map(str, values)) + "}"
