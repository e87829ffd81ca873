"""Deleting what has done its work: old tickets and attempts, sign-ups that nobody finished, ended sessions."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from market.accounts.models import Attempt, Ticket, User
from market.accounts.rules import LONGEST_WINDOW

UNFINISHED_SIGNUP = timedelta(days=3)
BATCH = 2_000


def purge_expired_rows(*, now: datetime) -> int:
    """Delete one batch of each kind; returns how many rows went."""
    old_tickets = Ticket.objects.filter(expires_at__lt=now - timedelta(minutes=5))
    old_attempts = Attempt.objects.filter(at__lt=now - LONGEST_WINDOW)
    ended = Session.objects.filter(expire_date__lt=now)
    gone = 0
    for rows in (old_tickets, old_attempts, ended):
        deleted, _ = rows.model._default_manager.filter(pk__in=rows.values("pk")[:BATCH]).delete()
        gone += deleted
    return gone + _purge_unfinished(now)


def _purge_unfinished(now: datetime) -> int:
    """Accounts that never proved an address and never signed in: they would only stand in their owner's way."""
    proved = EmailAddress.objects.filter(user_id=OuterRef("pk"), verified=True)
    unfinished = User.objects.filter(
        ~Exists(proved),
        phone_verified=False,
        last_login__isnull=True,
        staff_role="",
        created_at__lt=now - UNFINISHED_SIGNUP,
    ).values("pk")[:BATCH]
    deleted, _ = User.objects.filter(pk__in=unfinished).delete()
    return deleted
