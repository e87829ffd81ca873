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
    tickets = Ticket.objects.filter(expires_at__lt=now - timedelta(minutes=5)).values("pk")[:BATCH]
    attempts = Attempt.objects.filter(at__lt=now - LONGEST_WINDOW).values("pk")[:BATCH]
    ended = Session.objects.filter(expire_date__lt=now).values("pk")[:BATCH]
    gone = Ticket.objects.filter(pk__in=tickets).delete()[0]
    gone += Attempt.objects.filter(pk__in=attempts).delete()[0]
    gone += Session.objects.filter(pk__in=ended).delete()[0]
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
