"""One-time tickets: how somebody signed in on the market host enters the portal or the console."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from market.accounts.contracts import Entry, EntryKind
from market.accounts.models import Ticket
from market.accounts.rules import TICKET_SECONDS, is_safe_path
from market.audit.contracts import ActorKind
from market.audit.services import write_audit


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
    that is brought to the wrong host, or too late, is used up as well. Who enters the console is in the trail.
    """
    with transaction.atomic():
        taken = list(
            Ticket.objects.raw("DELETE FROM accounts_ticket WHERE token_hash = %s RETURNING *", [_hash(token)])
        )
        ticket = taken[0] if taken else None
        good = ticket is not None and ticket.kind == kind.value and not ticket.is_over(now)
        if good and ticket is not None and kind is EntryKind.CONSOLE:
            _note_entry(ticket, now)
    if ticket is None or not good:
        raise BadTicket
    return Entry(
        user_id=ticket.user_id,
        kind=kind,
        next_path=ticket.next_path,
        two_factor=ticket.two_factor,
        authenticated_at=ticket.authenticated_at,
    )


def _note_entry(ticket: Ticket, now: datetime) -> None:
    write_audit(
        action="console.entered",
        actor_id=ticket.user_id,
        actor_kind=ActorKind.STAFF,
        target_kind="user",
        target_id=str(ticket.user_id),
        detail={"two_factor": ticket.two_factor},
        now=now,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
