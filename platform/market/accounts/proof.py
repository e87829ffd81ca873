"""How lately a person proved who they are, and how they can do it again."""

from datetime import UTC, datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from market.accounts.models import User

NEVER = datetime.fromtimestamp(0, tz=UTC)


def last_proof_at(request: HttpRequest, user: User) -> datetime:
    """When a password or a code was last accepted in this session, at sign-in or since."""
    moments = [float(record["at"]) for record in get_authentication_records(request, user)]
    return datetime.fromtimestamp(max(moments), tz=UTC) if moments else NEVER


def is_recent(moment: datetime, *, now: datetime) -> bool:
    """Young enough for what costs money (`ACCOUNT_REAUTHENTICATION_TIMEOUT`)."""
    return now - moment < timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def can_prove_without_code(user: User) -> bool:
    """Has a password or an authenticator app; everybody else is sent a code."""
    return bool(get_adapter().get_reauthentication_methods(user))
