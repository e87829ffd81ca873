"""Reading the books."""

from billing.ledger.selectors.balances import (
    balance_at,
    get_balance,
    list_accounts,
    list_balances,
    list_entries,
    map_shop_balances,
)
from billing.ledger.selectors.books import get_book_size, iter_book_accounts, iter_books
from billing.ledger.selectors.clearing import (
    find_oldest_part,
    get_closed_entry,
    list_accounts_of,
    list_posted_keys,
    list_touched_accounts,
    list_unbalanced_accounts,
    map_oldest_parts,
    map_sums_since,
)
from billing.ledger.selectors.lookups import (
    find_posting_request,
    find_transaction_chain,
    get_account_statement,
    search_transactions,
)
from billing.ledger.selectors.proofs import list_open_clearing, prove_ledger, trial_balance
from billing.ledger.selectors.proving import get_last_proof
from billing.ledger.selectors.seals import verify_seals
from billing.ledger.selectors.transactions import (
    find_transaction,
    get_poster_health,
    get_transaction,
    list_reversals,
    list_transactions,
    list_unposted,
    map_debits,
)

__all__ = [
    "balance_at",
    "find_oldest_part",
    "find_posting_request",
    "find_transaction",
    "find_transaction_chain",
    "get_account_statement",
    "get_balance",
    "get_book_size",
    "get_closed_entry",
    "get_last_proof",
    "get_poster_health",
    "get_transaction",
    "iter_book_accounts",
    "iter_books",
    "list_accounts",
    "list_accounts_of",
    "list_balances",
    "list_entries",
    "list_open_clearing",
    "list_posted_keys",
    "list_reversals",
    "list_touched_accounts",
    "list_transactions",
    "list_unbalanced_accounts",
    "list_unposted",
    "map_debits",
    "map_oldest_parts",
    "map_shop_balances",
    "map_sums_since",
    "prove_ledger",
    "search_transactions",
    "trial_balance",
    "verify_seals",
]
