"""Adding sums to the cells they belong to, in the caller's transaction."""

from collections.abc import Iterable, Mapping
from typing import Any  # Any: columns of a row are dates, numbers and texts

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from search.reports.contracts import Cell, Sums
from search.reports.contracts.events import CELL_NAMES, SUM_NAMES
from search.reports.models import AdCount, Term

LONGEST_TERM = 200
_PLACED = tuple("term_id" if name == "term" else name for name in CELL_NAMES)
_TYPES = {"day": "date[]", "page": "text[]", "region": "text[]"}


def add_sums(counted: Mapping[Cell, Sums]) -> None:
    """Add to the rows of these cells; rows that are not there yet begin with them. Demands a transaction.

    Rows are written in the order of their cells, so that two writers never wait for each other in a circle.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("Sums are added in the transaction that moves the position.")
    if not counted:
        return
    terms = name_terms(cell.term for cell in counted)
    cells = sorted(counted)
    values: list[list[Any]] = [[_read(cell, name, terms) for cell in cells] for name in CELL_NAMES]
    values += [[getattr(counted[cell], name) for cell in cells] for name in SUM_NAMES]
    table = AdCount._meta.db_table
    names = [*_PLACED, *SUM_NAMES]
    kinds = ", ".join(f"%s::{_TYPES.get(name, 'bigint[]')}" for name in names)
    given = f"unnest({kinds}) AS given ({', '.join(names)})"
    with connection.cursor() as cursor:
        # Two steps: the table's constraints hold of sums, not of what is added to them.
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(_PLACED)}, {', '.join('0' * len(SUM_NAMES))}"  # noqa: S608 - names of our own columns
            f" FROM {given} ON CONFLICT DO NOTHING",
            values,
        )
        sums = ", ".join(f"{name} = counted.{name} + given.{name}" for name in SUM_NAMES)
        found = " AND ".join(f"counted.{name} = given.{name}" for name in _PLACED)
        cursor.execute(f"UPDATE {table} AS counted SET {sums} FROM {given} WHERE {found}", values)  # noqa: S608


def name_terms(texts: Iterable[str]) -> dict[str, int]:
    """The ids of these texts, cut to `LONGEST_TERM`; new ones are written into the dictionary."""
    wanted = {text[:LONGEST_TERM] for text in texts}
    known = dict(Term.objects.filter(text__in=wanted).values_list("text", "pk"))
    if new := sorted(wanted - known.keys()):
        Term.objects.bulk_create([Term(text=text) for text in new], ignore_conflicts=True)
        known.update(Term.objects.filter(text__in=new).values_list("text", "pk"))
    return known


def _read(cell: Cell, name: str, terms: Mapping[str, int]) -> Any:
    return terms[cell.term[:LONGEST_TERM]] if name == "term" else getattr(cell, name)
