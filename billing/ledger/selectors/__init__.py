"""Reading the books."""

from billing.ledger.selectors.balances import balance_at, get_balance, list_accounts, list_balances, list_entries
from billing.ledger.selectors.books import get_book_size, iter_book_accounts, iter_books
from billing.ledger.selectors.proofs import list_open_clearing, prove_ledger, trial_balance
from billing.ledger.selectors.seals import verify_seals
from billing.ledger.selectors.transactions import (
    find_transaction,
    get_poster_health,
    get_transaction,
    list_reversals,
    list_transactions,
    list_unposted,
)

__all__ = [
    "balance_at",
    "find_transaction",
    "get_balance",
    "get_book_size",
    "get_poster_health",
    "get_transaction",
    "iter_book_accounts",
    "iter_books",
    "list_accounts",
    "list_balances",
    "list_entries",
    "list_open_clearing",
    "list_reversals",
    "list_transactions",
    "list_unposted",
    "prove_ledger",
    "trial_balance",
    "verify_seals",
]
