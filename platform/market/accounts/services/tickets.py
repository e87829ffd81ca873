"""One-time tickets: how somebody signed in on the market host enters the portal or the console."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from market.accounts.contracts import Entry, EntryKind
from market.accounts.models import Ticket
from market.accounts.rules import TICKET_SECONDS, is_safe_path


class BadTicket(LookupError):
    """Unknown, used, too old, or made for another host. Which of these is nobody's business."""


def mint_ticket(
    *,
    user_id: int,
    kind: EntryKind,
    next_path: str,
    two_factor: bool,
    authenticated_at: datetime,
    now: datetime,
) -> str:
    """A ticket for one entry within 30 seconds; only its hash is stored. An unsafe `next_path` becomes "/"."""
    token = secrets.token_urlsafe(32)
    Ticket.objects.create(
        token_hash=_hash(token),
        user_id=user_id,
        kind=kind.value,
        next_path=next_path if is_safe_path(next_path) else "/",
        two_factor=two_factor,
        authenticated_at=authenticated_at,
        expires_at=now + timedelta(seconds=TICKET_SECONDS),
    )
    return token


def redeem_ticket(*, token: str, kind: EntryKind, now: datetime) -> Entry:
    """Use a ticket up and say who enters; raises `BadTicket`.

    `DELETE … RETURNING` is one statement, so of two who come with the same ticket one finds nothing. A ticket
    that is brought to the wrong host, or too late, is used up as well.
    """
    row = _take(_hash(token))
    if row is None or row.kind != kind.value or row.is_over(now):
        raise BadTicket
    return Entry(
        user_id=row.user_id,
        kind=kind,
        next_path=row.next_path,
        two_factor=row.two_factor,
        authenticated_at=row.authenticated_at,
    )


def _take(token_hash: str) -> Ticket | None:
    """Delete and return in one statement; the transaction ends before anything is refused."""
    with transaction.atomic():
        taken = list(Ticket.objects.raw("DELETE FROM accounts_ticket WHERE token_hash = %s RETURNING *", [token_hash]))
    return taken[0] if taken else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
