"""What a session knows besides its person: the host it was made for, and how much was proved."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from market.accounts.contracts import Entry

BOUND_TO = "host_kind"
_PROOF = "proof"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ENTERED_SECONDS = 12 * 3600


class NobodyEnters(LookupError):
    """The person was closed between minting and redeeming."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a session on the portal or the console came to be."""

    two_factor: bool
    authenticated_at: datetime


def open_session(request: HttpRequest, entry: Entry) -> None:
    """Sign the person of a redeemed ticket in on this host, with a session of its own. Raises `NobodyEnters`."""
    user = auth.get_user_model()._default_manager.filter(pk=entry.user_id, is_active=True).first()
    if user is None:
        raise NobodyEnters(entry.user_id)
    request.session.flush()
    auth.login(request, user, backend=_BACKEND)
    request.session.set_expiry(ENTERED_SECONDS)
    request.session[BOUND_TO] = entry.kind.value
    request.session[_PROOF] = [entry.two_factor, entry.authenticated_at.timestamp()]


def read_proof(session: SessionBase) -> Proof | None:
    """What was proved for this session; nothing on the market host, where allauth keeps its own records."""
    stored = session.get(_PROOF)
    if stored is None:
        return None
    return Proof(two_factor=bool(stored[0]), authenticated_at=datetime.fromtimestamp(float(stored[1]), tz=UTC))
