"""What staff do to things that know no staff: each with its line in the audit trail."""

from datetime import datetime

from django.db import transaction

from billing.ledger.contracts import StoredProof
from billing.ledger.exporting import BookFormat
from billing.ledger.services import prove_and_store, retry_request
from billing.payments.selectors import list_merchant_accounts
from billing.payments.services import enrol_merchant
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.outbox.services import unpark

GATEWAY = "wechatpay"


@transaction.atomic(durable=True)
def retry_delivery(*, delivery_id: int, actor_id: int, now: datetime) -> bool:
    """Have a parked event delivered again. False when it is not parked (any more)."""
    if not unpark(delivery_id=delivery_id, now=now):
        return False
    _note("event.retried", actor_id, ("delivery", str(delivery_id)), now)
    return True


@transaction.atomic(durable=True)
def retry_posting(*, request_id: int, actor_id: int, now: datetime) -> bool:
    """Have the poster try a parked request again. False when it is not parked (any more)."""
    if not retry_request(request_id=request_id, now=now):
        return False
    _note("posting.retried", actor_id, ("posting_request", str(request_id)), now)
    return True


@transaction.atomic(durable=True)
def note_books_taken(*, book_format: BookFormat, until: datetime | None, actor_id: int, now: datetime) -> None:
    """Write down that somebody takes all of the books away."""
    write_audit(
        action="books.taken",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="ledger",
        target_id=book_format.value,
        detail={"until": until.isoformat()} if until else {},
        now=now,
    )


def prove_now(*, actor_id: int, now: datetime) -> StoredProof:
    """Prove all of the books while somebody waits."""
    proof = prove_and_store(now)
    with transaction.atomic(durable=True):
        _note("books.proved", actor_id, ("ledger", "proof"), now)
    return proof


def apply_for_account(*, shop_id: int, shop_name: str, actor_id: int, now: datetime) -> str:
    """Apply for a shop's account at the provider; the same account for a repeat.

    Calls the provider, so never inside a transaction. Raises `ProviderError`.
    """
    known = list_merchant_accounts(shop_ids=[shop_id], gateway=GATEWAY)
    if shop_id in known:
        return known[shop_id]
    account = enrol_merchant(shop_id=shop_id, shop_name=shop_name, gateway=GATEWAY, now=now)
    with transaction.atomic(durable=True):
        _note("shop.enrolled", actor_id, ("shop", str(shop_id)), now, shop_id=shop_id)
    return account


def _note(action: str, actor_id: int, target: tuple[str, str], now: datetime, *, shop_id: int | None = None) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=shop_id,
        target_kind=target[0],
        target_id=target[1],
        now=now,
    )
