"""Looking a transaction up by whatever somebody has in hand: our numbers, a provider's, a key."""

from billing.ledger.contracts import TransactionView
from billing.ledger.selectors import list_transactions, search_transactions
from billing.payments.selectors import RefundNotFound, find_share_by_transaction, get_refund

MOST_KEY = 200


def look_up(text: str, *, kind: str, before_id: int | None, limit: int) -> list[TransactionView]:
    """Transactions that a text names, newest first.

    A number of ours, an idempotency key, the beginning of a purchase's number; else the provider's number of a
    payment, or a refund's, which lead to the order they belong to.
    """
    found = search_transactions(text=text, kind=kind, before_id=before_id, limit=limit)
    if found or before_id is not None:
        return found
    share_no = _find_share_no(text)
    return list_transactions(subject=share_no, kind=kind, limit=limit) if share_no else []


def _find_share_no(text: str) -> str:
    share = find_share_by_transaction(text)
    if share is not None:
        return share.share_no
    try:
        return get_refund(text).share_no
    except RefundNotFound:
        return ""
