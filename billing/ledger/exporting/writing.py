"""Writing all of the books, from one snapshot of the database to a stream of text."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Protocol

from django.db import connection, transaction

from billing.ledger.contracts import BookSize
from billing.ledger.exporting.beancount import BeancountWriter
from billing.ledger.exporting.formats import BookFormat, BookWriter
from billing.ledger.exporting.hledger import HledgerWriter
from billing.ledger.exporting.names import name_account
from billing.ledger.selectors import get_book_size, iter_book_accounts, iter_books

STEP = 1_000
"""How many transactions are written between two calls of `on_progress`."""

_WRITERS: dict[BookFormat, type[BookWriter]] = {
    BookFormat.BEANCOUNT: BeancountWriter,
    BookFormat.HLEDGER: HledgerWriter,
}
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class TextSink(Protocol):
    """What text can be written to: an open file, a buffer, a command's output."""

    def write(self, text: str, /) -> object:
        """Take a part of the text."""


def write_books(
    *,
    stream: TextSink,
    book_format: BookFormat,
    until: datetime | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> BookSize:
    """Write every account, its balance and every transaction up to and including an instant (None: all there is).

    `stream`: text, opened as UTF-8; it is written in parts, so that any size fits into memory. `on_progress` is given
    how many of how many transactions are written. The whole is one snapshot: the balances that the file asserts
    are the ledger's own at that moment, whatever is posted meanwhile. Not inside a transaction. A million
    transactions take minutes: for the command line and for jobs. The caller checks that the reader may see all
    shops' money. Raises what the stream raises; then the file is not complete.
    """
    begins = not connection.in_atomic_block  # a test that is rolled back has its snapshot already
    with transaction.atomic(durable=True):
        if begins:
            with connection.cursor() as cursor:
                cursor.execute(_SNAPSHOT)
        return _write(stream, _WRITERS[book_format](), until, on_progress)


def _write(
    stream: TextSink, writer: BookWriter, until: datetime | None, on_progress: Callable[[int, int], None] | None
) -> BookSize:
    size = get_book_size(until)
    stream.write(writer.write_head(_title(size, until)))
    _write_accounts(stream, writer, until, size.last_date)
    for number, posted in enumerate(iter_books(until), start=1):
        stream.write(writer.write_transaction(posted))
        if on_progress is not None and (number % STEP == 0 or number == size.transactions):
            on_progress(number, size.transactions)
    return size


def _write_accounts(stream: TextSink, writer: BookWriter, until: datetime | None, last_date: date | None) -> None:
    """Balances are asserted for the day after the last transaction; accounts of empty books were opened at least."""
    accounts = iter_book_accounts(until)
    for (code, owner), found in groupby(accounts, key=lambda found: (found.account.code, found.account.owner)):
        same = list(found)
        proven_on = (last_date or max(account.opened_on for account in same)) + timedelta(days=1)
        stream.write(writer.write_account(name_account(code, owner), same, proven_on))


def _title(size: BookSize, until: datetime | None) -> str:
    end = f" up to {until.astimezone(UTC).isoformat()}" if until else ""
    return f"Books of Jishi{end}: {size.transactions} transactions"
