"""Who may see a view. Each decorator leads those who may not to the place where they can become able to."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from market.accounts.contracts import EntryKind
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
    """Money actions ask again: signed in, or asked again, within the last 15 minutes. For portal and console."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        proof = read_proof(request.session)
        if not request.user.is_authenticated or proof is None or not proof.is_recent(now=timezone.now()):
            return _lead_to_sign_in(request, again=True)
        return view(request, *args, **kwargs)

    return guarded


def _lead_to_sign_in(request: HttpRequest, *, again: bool = False) -> HttpResponse:
    path = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    kind = str(getattr(getattr(request, "host_context", None), "kind", "market"))
    if kind not in tuple(EntryKind):
        return _go(request, redirect_to_login(path).url)
    query = urlencode({"next": path, **({"again": "1"} if again else {})})
    return _go(request, f"{market_link(f'accounts:go-{kind}', from_market=False)}?{query}")


def _go(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that htmx follows with the whole page, not with a part of it."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
