"""The account page, and the doors to portal and console."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.accounts.contracts import EntryKind, Language
from market.accounts.proof import is_recent, last_proof_at
from market.accounts.second_factor import has_second_factor, used_second_factor
from market.accounts.selectors import find_default_address, get_own_account
from market.accounts.services import BadDisplayName, change_profile, end_all_sessions, mint_ticket
from market.shops.selectors import list_memberships
from storefront.accounts.forms import ProfileForm
from web.access import ask_again, sign_in_required
from web.links import absolute_url
from web.preferences import remember
from web.toasts import add_toast


@never_cache
@sign_in_required
@require_GET
def show_account(request: HttpRequest) -> HttpResponse:
    """Everything of one's own on one page."""
    assert request.user.is_authenticated
    context = {
        "account": get_own_account(request.user.pk),
        "address": find_default_address(request.user.pk),
        "has_second_factor": has_second_factor(request.user),
        "has_shop": bool(list_memberships(request.user.pk)),
    }
    return render(request, "accounts/account.html", context)


@never_cache
@sign_in_required
@require_http_methods(["GET", "POST"])
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Name and language."""
    assert request.user.is_authenticated
    initial = {"display_name": request.user.display_name, "language": request.user.language}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        language = Language(form.cleaned_data["language"])
        try:
            change_profile(user_id=request.user.pk, display_name=form.cleaned_data["display_name"], language=language)
        except BadDisplayName:
            form.add_error("display_name", gettext("A name has at most 40 characters that can be printed."))
        else:
            add_toast(request, gettext("Your name and language are saved."))
            response = redirect("storefront:account")
            remember(response, language=language.value)
            return response
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@sign_in_required
@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session on every host, this one too."""
    assert request.user.is_authenticated
    end_all_sessions(user_id=request.user.pk, actor_id=request.user.pk, now=timezone.now())
    logout(request)
    add_toast(request, gettext("You are signed out on every device."))
    return redirect("account_login")


@never_cache
@sign_in_required
@require_GET
def go(request: HttpRequest, kind: EntryKind) -> HttpResponse:
    """Mint a ticket and send its bearer to the other host. `again` asks for password or code first."""
    assert request.user.is_authenticated
    if kind is EntryKind.CONSOLE and not request.user.is_staff:
        raise PermissionDenied
    if kind is EntryKind.CONSOLE and not has_second_factor(request.user):
        add_toast(request, gettext("Staff sign in with two factors. Set up the second one now."))
        return redirect("mfa_activate_totp")
    if kind is EntryKind.CONSOLE and not used_second_factor(request, request.user):
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
    authenticated_at = last_proof_at(request, request.user)
    if "again" in request.GET and not is_recent(authenticated_at, now=timezone.now()):
        return ask_again(request)
    token = mint_ticket(
        user_id=request.user.pk,
        kind=kind,
        next_path=request.GET.get("next", "/"),
        two_factor=used_second_factor(request, request.user),
        authenticated_at=authenticated_at,
        now=timezone.now(),
    )
    host = settings.PORTAL_HOST if kind is EntryKind.PORTAL else settings.CONSOLE_HOST
    response = redirect(absolute_url(f"/enter?{urlencode({'ticket': token})}", host=host))
    response["Referrer-Policy"] = "no-referrer"
    return response
