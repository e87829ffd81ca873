"""What a format of the books has to say, and what it is called."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol

from billing.ledger.contracts import Book, BookAccount, BookTransaction, Leg


class BookFormat(StrEnum):
    """The programs whose files we write."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"


class BookWriter(Protocol):
    """From facts to text, part by part in this order; pure. Every part ends with a line feed.

    Balances stand before the transactions, although they hold after the last one: a file that was cut off
    anywhere no longer proves them.
    """

    def write_head(self, title: str) -> str:
        """A comment of one line, the currencies, and how exact the reader has to be."""

    def write_account(self, name: str, accounts: Sequence[BookAccount], proven_on: date) -> str:
        """An account with one balance for each of its currencies, as they stand when `proven_on` begins."""

    def write_transaction(self, transaction: BookTransaction) -> str:
        """One transaction, each of its books by itself: the reader proves that none borrows from another."""


def list_books(legs: Iterable[Leg]) -> list[tuple[Book, list[Leg]]]:
    """The legs of a transaction by book, in the order in which they were posted."""
    books: dict[Book, list[Leg]] = {}
    for leg in legs:
        books.setdefault(leg.account.book, []).append(leg)
    return list(books.items())
