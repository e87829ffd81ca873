"""Who may see a view. Each decorator leads those who may not to the place where they can become able to."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from market.accounts.contracts import EntryKind
from market.accounts.proof import can_prove_without_code, is_recent, last_proof_at
from web.links import market_link
from web.sessions import read_proof

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def sign_in_required(view: View[P]) -> View[P]:
    """Signed in on this host. On portal and console that goes by a ticket of the market host."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _lead_to_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def two_factor_staff_required(view: View[P]) -> View[P]:
    """Every page of the console: staff who signed in with two factors."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _lead_to_sign_in(request)
        if not request.user.is_staff:
            raise PermissionDenied
        proof = read_proof(request.session)
        if proof is None or not proof.two_factor:
            return _lead_to_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def recent_proof_required(view: View[P]) -> View[P]:
    """Money actions ask again: signed in, or asked again, within the last 15 minutes. On every host with sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _lead_to_sign_in(request)
        proof = read_proof(request.session)
        proved_at = proof.authenticated_at if proof else last_proof_at(request, request.user)
        if not is_recent(proved_at, now=timezone.now()):
            return ask_again(request)
        return view(request, *args, **kwargs)

    return guarded


def ask_again(request: HttpRequest) -> HttpResponse:
    """To the place where a person proves themselves once more and comes back from."""
    assert request.user.is_authenticated
    if _kind_of(request) in tuple(EntryKind):
        return _lead_to_sign_in(request, again=True)
    if can_prove_without_code(request.user):
        raise ReauthenticationRequired
    return _go(request, f"{market_link('accounts:prove', from_market=True)}?{urlencode({'next': _here(request)})}")


def _here(request: HttpRequest) -> str:
    """Where to come back to: only what can be asked for with GET."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else "/"


def _kind_of(request: HttpRequest) -> str:
    return str(getattr(getattr(request, "host_context", None), "kind", "market"))


def _lead_to_sign_in(request: HttpRequest, *, again: bool = False) -> HttpResponse:
    path, kind = _here(request), _kind_of(request)
    if kind not in tuple(EntryKind):
        return _go(request, redirect_to_login(path).url)
    query = urlencode({"next": path, **({"again": "1"} if again else {})})
    return _go(request, f"{market_link(f'accounts:go-{kind}', from_market=False)}?{query}")


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that htmx follows with the whole page, not with a part of it."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
