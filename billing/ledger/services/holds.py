"""Two-phase money: put aside, then posted in parts or given back. Never more than was held."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from billing.ledger.contracts import AccountRef, HoldState, HoldView, Leg, PostedTransaction
from billing.ledger.models import Hold, HoldStep
from billing.ledger.rules import (
    AccountState,
    BadEvent,
    Posting,
    PostingEvent,
    hash_payload,
    hold_amount,
)
from billing.ledger.services.accounts import lock_accounts, open_accounts, save_accounts
from billing.ledger.services.booking import (
    KeyReused,
    book_drafts,
    check_key,
    demand_transaction,
    draft_posting,
    list_refs,
    open_desk,
)
from billing.ledger.services.posting import to_posted

_KEYS = ("ledger_hold_key_key", "ledger_holdstep_key_key")


class HoldNotFound(LookupError):
    """There is no hold under this key."""


class HoldEnded(Exception):
    """The hold is closed, voided or expired."""


class HoldExceeded(Exception):
    """More would be posted than is left of the hold, or nothing at all from its account."""


def hold(
    *, key: str, kind: str, account: AccountRef, amount_minor: int, expires_at: datetime | None, now: datetime
) -> HoldView:
    """Put an amount of an account aside. `kind` says what for. A repeat of the key returns the first hold.

    Raises `FloorReached` when less is available, `KeyReused` for another payload, `BadEvent` for no amount.
    """
    demand_transaction()
    if amount_minor <= 0:
        raise BadEvent("a hold needs an amount")
    digest = _hash(kind, account, amount_minor, expires_at)
    ids = open_accounts(refs=[account], now=now)
    state = lock_accounts(ids)[account]
    row = Hold.objects.filter(key=check_key(key)).first()
    if row is not None:
        if row.payload_hash != digest:
            raise KeyReused(f"{key} was held with another payload")
        return _to_view(row, account)
    hold_amount(kind, amount_minor, state)
    save_accounts([state])
    with _taking(key):
        row = Hold.objects.create(
            key=key,
            payload_hash=digest,
            kind=kind,
            account_id=ids[account],
            amount_minor=amount_minor,
            expires_at=expires_at,
            created_at=now,
        )
    return _to_view(row, account)


def top_up_hold(*, hold_key: str, key: str, amount_minor: int, now: datetime) -> HoldView:
    """Add to an open hold. Raises `HoldNotFound`, `HoldEnded`, `FloorReached`, `KeyReused`, `BadEvent`."""
    demand_transaction()
    if amount_minor <= 0:
        raise BadEvent("a hold is topped up by an amount")
    account = _find_account(hold_key)
    state = lock_accounts(open_accounts(refs=[account], now=now))[account]
    row = Hold.objects.get(key=hold_key)
    digest = hash_payload("top_up", {"hold": hold_key, "amount_minor": amount_minor})
    if _find_step(check_key(key), digest) is not None:
        return _to_view(row, account)
    _demand_open(row, now)
    hold_amount(row.kind, amount_minor, state)
    save_accounts([state])
    row.amount_minor += amount_minor
    row.save(update_fields=["amount_minor"])
    with _taking(key):
        HoldStep.objects.create(key=key, payload_hash=digest, hold=row, amount_minor=amount_minor, created_at=now)
    return _to_view(row, account)


def post_hold(*, hold_key: str, key: str, event: PostingEvent, now: datetime, close: bool = False) -> PostedTransaction:
    """Post an event whose entries take from the held account, against the hold. `close` returns what is left.

    A hold closes by itself when all of it is posted. Raises `HoldNotFound`, `HoldEnded`, `HoldExceeded`, `KeyReused`.
    """
    account = _find_account(hold_key)
    draft = draft_posting(Posting(key, event))
    desk = open_desk(refs=[account, *list_refs([draft])], keys=[key], now=now)
    row = Hold.objects.get(key=hold_key)
    if key in desk.known:
        return _repeat(row, to_posted(book_drafts([draft], desk)[0]))
    if HoldStep.objects.filter(key=key).exists():
        raise KeyReused(f"{key} topped up a hold")
    _demand_open(row, now)
    state = desk.states[account]
    taken = sum(leg.amount_minor for leg in draft.legs if _takes_from(leg, state))
    left = row.amount_minor - row.posted_minor
    if not 0 < taken <= left:
        raise HoldExceeded(f"{taken} of {left} held cannot be posted")
    ends = close or taken == left
    hold_amount(row.kind, -(left if ends else taken), state)
    posted = to_posted(book_drafts([draft], desk)[0])
    row.posted_minor += taken
    if ends:
        row.state, row.closed_at = HoldState.CLOSED, now
    row.save(update_fields=["posted_minor", "state", "closed_at"])
    with _taking(key):
        HoldStep.objects.create(
            key=key,
            payload_hash=draft.payload_hash,
            hold=row,
            transaction_id=posted.transaction_id,
            amount_minor=taken,
            created_at=now,
        )
    return posted


def void_hold(*, key: str, now: datetime) -> HoldView:
    """Give back what is left of a hold; a repeat changes nothing. Raises `HoldNotFound`, `HoldEnded` once closed."""
    demand_transaction()
    account = _find_account(key)
    state = lock_accounts(open_accounts(refs=[account], now=now))[account]
    row = Hold.objects.get(key=key)
    if row.state == HoldState.CLOSED:
        raise HoldEnded(f"{key} is {row.state}")
    if row.state == HoldState.OPEN:
        _give_back(row, state, HoldState.VOIDED, now)
        save_accounts([state])
    return _to_view(row, account)


@transaction.atomic(durable=True)
def expire_holds(now: datetime, limit: int = 500) -> int:
    """Give back what is left of holds whose time is over. Returns how many."""
    due = Hold.objects.filter(state=HoldState.OPEN, expires_at__lte=now).order_by("expires_at")
    numbers = list(due.values_list("pk", flat=True)[:limit])
    refs = {_to_ref(row) for row in Hold.objects.filter(pk__in=numbers).select_related("account")}
    states = lock_accounts(open_accounts(refs=refs, now=now))
    rows = list(due.filter(pk__in=numbers).select_related("account"))  # again, now that nobody else can end them
    for row in rows:
        _give_back(row, states[_to_ref(row)], HoldState.EXPIRED, now)
    save_accounts(states.values())
    return len(rows)


def _give_back(row: Hold, state: AccountState, end: HoldState, now: datetime) -> None:
    hold_amount(row.kind, -(row.amount_minor - row.posted_minor), state)
    row.state, row.closed_at = end, now
    row.save(update_fields=["state", "closed_at"])


def _demand_open(row: Hold, now: datetime) -> None:
    if row.state != HoldState.OPEN:
        raise HoldEnded(f"{row.key} is {row.state}")
    if row.expires_at is not None and row.expires_at <= now:
        raise HoldEnded(f"{row.key} has expired")


def _repeat(row: Hold, posted: PostedTransaction) -> PostedTransaction:
    if not HoldStep.objects.filter(key=posted.key, hold=row).exists():
        raise KeyReused(f"{posted.key} was not posted against {row.key}")
    return posted


def _find_step(key: str, digest: str) -> HoldStep | None:
    step = HoldStep.objects.filter(key=key).first()
    if step is not None and step.payload_hash != digest:
        raise KeyReused(f"{key} was used with another payload")
    return step


def _find_account(key: str) -> AccountRef:
    row = Hold.objects.select_related("account").filter(key=key).first()
    if row is None:
        raise HoldNotFound(key)
    return _to_ref(row)


def _to_ref(row: Hold) -> AccountRef:
    account = row.account
    return AccountRef.of_row(account.book, account.currency, account.code, account.owner_kind, account.owner_id)


def _to_view(row: Hold, account: AccountRef) -> HoldView:
    return HoldView(row.pk, row.key, account, row.amount_minor, row.posted_minor, HoldState(row.state), row.expires_at)


def _takes_from(leg: Leg, state: AccountState) -> bool:
    """Whether a leg takes from the held account, for certain: what may spill onto another account does not."""
    return leg.account == state.ref and leg.side is state.normal.other and leg.spill is None


@contextmanager
def _taking(key: str) -> Iterator[None]:
    """Writing under a key. Raises `KeyReused` when somebody took it meanwhile; the transaction is lost then."""
    try:
        yield
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation) and error.__cause__.diag.constraint_name in _KEYS:
            raise KeyReused(f"{key} was used with another payload meanwhile") from error
        raise


def _hash(kind: str, account: AccountRef, amount_minor: int, expires_at: datetime | None) -> str:
    owner = account.owner
    return hash_payload(
        kind,
        {
            "account": [account.book, account.currency, account.code, owner.kind, owner.id],
            "amount_minor": amount_minor,
            "expires_at": expires_at.isoformat() if expires_at else None,
        },
    )
