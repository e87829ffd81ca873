"""Asked again: those without a password or an app prove themselves with a code."""

import secrets
from typing import Any  # Any: allauth's adapter is untyped

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from market.accounts.rules import is_safe_path
from web.access import sign_in_required

CODE_SECONDS, TRIES = 600, 3
_PENDING = "proving"


class CodeForm(forms.Form):
    """The six digits."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Enter the six digits of the code.")},
    )


@never_cache
@sign_in_required
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """First a button that sends the code, then a field for it, then on to `next`."""
    pending = _pending(request)
    form = CodeForm(request.POST if request.method == "POST" and "send" not in request.POST else None)
    if request.method == "POST" and "send" in request.POST:
        pending = _send(request)
    elif form.is_bound and pending is not None and form.is_valid():
        if secrets.compare_digest(form.cleaned_data["code"].strip().encode(), pending["code"].encode()):
            return _accept(request)
        form.add_error("code", get_adapter().error_messages["incorrect_code"])
        pending = _count_try(request, pending)
    next_path = request.GET.get("next", "/")
    context = {"form": form, "pending": pending, "next": next_path if is_safe_path(next_path) else "/"}
    return render(request, "accounts/prove.html", context)


def _pending(request: HttpRequest) -> dict[str, Any] | None:
    pending: dict[str, Any] | None = request.session.get(_PENDING)
    fresh = pending is not None and timezone.now().timestamp() - pending["at"] < CODE_SECONDS
    return pending if fresh else None


def _send(request: HttpRequest) -> dict[str, Any]:
    """By text message where a number is proved, else by mail. The adapter counts both."""
    assert request.user.is_authenticated
    adapter, user = get_adapter(), request.user
    code = adapter.generate_login_code()
    if user.phone_verified:
        adapter.send_verification_code_sms(user=user, phone=user.phone, code=code)
    else:
        adapter.send_mail("account/email/login_code", user.email, {"request": request, "code": code})
    to = user.phone if user.phone_verified else user.email
    request.session[_PENDING] = {"code": code, "to": to, "at": timezone.now().timestamp(), "tries": 0}
    pending: dict[str, Any] = request.session[_PENDING]
    return pending


def _count_try(request: HttpRequest, pending: dict[str, Any]) -> dict[str, Any] | None:
    tries = pending["tries"] + 1
    if tries >= TRIES:
        del request.session[_PENDING]
        return None
    request.session[_PENDING] = {**pending, "tries": tries}
    return pending


def _accept(request: HttpRequest) -> HttpResponse:
    del request.session[_PENDING]
    record_authentication(request, request.user, method="code", reauthenticated=True)
    next_path = request.GET.get("next", "/")
    return redirect(next_path if is_safe_path(next_path) else "/")
