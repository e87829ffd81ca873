"""Writing the books. Nothing else in the project inserts a transaction or an entry."""

from billing.ledger.rules import BadEvent, FloorReached, ReversalTooLarge
from billing.ledger.services.booking import BadKey, KeyReused
from billing.ledger.services.deciding import lock_balances
from billing.ledger.services.floors import FloorFixed, set_floor
from billing.ledger.services.holds import (
    HoldEnded,
    HoldExceeded,
    HoldNotFound,
    expire_holds,
    hold,
    post_hold,
    top_up_hold,
    void_hold,
)
from billing.ledger.services.posting import post, post_batch
from billing.ledger.services.proving import prove_and_store, prove_due
from billing.ledger.services.requests import post_pending, request_posting, request_postings, retry_request
from billing.ledger.services.reversals import TransactionNotFound, reverse
from billing.ledger.services.seals import seal_ledger

__all__ = [
    "BadEvent",
    "BadKey",
    "FloorFixed",
    "FloorReached",
    "HoldEnded",
    "HoldExceeded",
    "HoldNotFound",
    "KeyReused",
    "ReversalTooLarge",
    "TransactionNotFound",
    "expire_holds",
    "hold",
    "lock_balances",
    "post",
    "post_batch",
    "post_hold",
    "post_pending",
    "prove_and_store",
    "prove_due",
    "request_posting",
    "request_postings",
    "retry_request",
    "reverse",
    "seal_ledger",
    "set_floor",
    "top_up_hold",
    "void_hold",
]
