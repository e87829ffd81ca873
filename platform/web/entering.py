"""The door of portal and console: a ticket of the market host comes in, a session of this host comes out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from market.accounts.contracts import EntryKind
from market.accounts.services import BadTicket, redeem_ticket
from web.links import absolute_url, market_link
from web.sessions import NobodyEnters, open_session


def enter(request: HttpRequest, kind: EntryKind) -> HttpResponse:
    """`/enter?ticket=…`. A visit that another site began is asked to press a button first, so that nobody is
    signed in as somebody else by a link."""
    ticket = str((request.POST if request.method == "POST" else request.GET).get("ticket", ""))[:100]
    if request.method != "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return _uncached(render(request, "accounts/enter.html", {"ticket": ticket}))
    try:
        entry = redeem_ticket(token=ticket, kind=kind, now=timezone.now())
        open_session(request, entry)
    except (BadTicket, NobodyEnters):
        again = market_link(f"accounts:go-{kind.value}", from_market=False)
        return _uncached(render(request, "accounts/enter_refused.html", {"again": again}, status=403))
    return _uncached(redirect(entry.next_path))


def leave(request: HttpRequest) -> HttpResponse:
    """Sign out on this host only, and go to the market."""
    logout(request)
    return _uncached(redirect(absolute_url()))


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
