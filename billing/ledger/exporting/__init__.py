"""The books as a file for an independent program, which then proves the same balances by itself."""

from billing.ledger.exporting.formats import BookFormat
from billing.ledger.exporting.writing import STEP, write_books

__all__ = ["STEP", "BookFormat", "write_books"]
