"""Pages of the address book."""

from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.accounts.contracts import AddressView
from market.accounts.rules import ADDRESSES_A_PERSON, is_safe_path
from market.accounts.selectors import find_address, list_addresses
from market.accounts.services import (
    AddressDraft,
    AddressNotFound,
    TooManyAddresses,
    add_address,
    change_address,
    make_default,
    remove_address,
)
from storefront.accounts.forms import AddressForm, draft_of, initial_of
from web.access import sign_in_required
from web.toasts import add_toast

_REMOVED = "removed_address"


@never_cache
@sign_in_required
@require_GET
def show_addresses(request: HttpRequest) -> HttpResponse:
    """The address book."""
    addresses = list_addresses(_me(request))
    context = {"addresses": addresses, "is_full": len(addresses) >= ADDRESSES_A_PERSON, "most": ADDRESSES_A_PERSON}
    return render(request, "accounts/addresses.html", context)


@never_cache
@sign_in_required
@require_http_methods(["GET", "POST"])
def new_address(request: HttpRequest) -> HttpResponse:
    """One more address; `next` leads back to checkout."""
    form = AddressForm(request.POST or None, initial=_regions_asked(request))
    if request.method == "POST" and "refresh" not in request.POST and form.is_valid():
        try:
            add_address(user_id=_me(request), draft=form.draft(), now=timezone.now())
        except TooManyAddresses:
            text = gettext("An address book holds %(most)d addresses. Delete one that is no longer needed.")
            form.add_error(None, text % {"most": ADDRESSES_A_PERSON})
        else:
            add_toast(request, gettext("The address is saved."))
            return redirect(_back(request))
    return _show_form(request, form, None)


@never_cache
@sign_in_required
@require_http_methods(["GET", "POST"])
def edit_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """Change an address; orders keep what they were sent to."""
    address = find_address(user_id=_me(request), address_id=address_id)
    if address is None:
        raise Http404
    form = AddressForm(request.POST or None, initial={**initial_of(address), **_regions_asked(request)})
    if request.method == "POST" and "refresh" not in request.POST and form.is_valid():
        change_address(user_id=_me(request), address_id=address_id, draft=form.draft())
        add_toast(request, gettext("The address is saved."))
        return redirect(_back(request))
    return _show_form(request, form, address)


@sign_in_required
@require_GET
def show_regions(request: HttpRequest) -> HttpResponse:
    """The three selects for a province and a city, for htmx."""
    return render(request, "accounts/regions.html", {"form": AddressForm(initial=_regions_asked(request))})


@sign_in_required
@require_POST
def default_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """Let checkout begin with it."""
    try:
        make_default(user_id=_me(request), address_id=address_id)
    except AddressNotFound as error:
        raise Http404 from error
    return redirect("accounts:addresses")


@sign_in_required
@require_POST
def delete_address(request: HttpRequest, address_id: int) -> HttpResponse:
    """Delete an address; the next page offers to take that back."""
    address = find_address(user_id=_me(request), address_id=address_id)
    if address is None:
        raise Http404
    remove_address(user_id=_me(request), address_id=address_id)
    request.session[_REMOVED] = asdict(draft_of(address))
    add_toast(
        request,
        gettext("The address is deleted. Orders keep their own copy."),
        undo_url=reverse("accounts:restore-address"),
    )
    return redirect("accounts:addresses")


@sign_in_required
@require_POST
def restore_address(request: HttpRequest) -> HttpResponse:
    """Take the last deletion back; once."""
    removed = request.session.pop(_REMOVED, None)
    if removed is not None:
        try:
            add_address(user_id=_me(request), draft=AddressDraft(**removed), now=timezone.now())
        except TooManyAddresses:
            add_toast(
                request,
                gettext("An address book holds %(most)d addresses. Delete one that is no longer needed.")
                % {"most": ADDRESSES_A_PERSON},
                bad=True,
            )
        else:
            add_toast(request, gettext("The address is back."))
    return redirect("accounts:addresses")


def _me(request: HttpRequest) -> int:
    assert request.user.pk is not None
    return int(request.user.pk)


def _regions_asked(request: HttpRequest) -> dict[str, object]:
    return {name: request.GET[name] for name in ("province", "city") if name in request.GET}


def _show_form(request: HttpRequest, form: AddressForm, address: AddressView | None) -> HttpResponse:
    if "refresh" in request.POST:
        form.errors.clear()
    status = 422 if request.method == "POST" and form.errors else 200
    context = {"form": form, "address": address, "back": _back(request)}
    return render(request, "accounts/address_form.html", context, status=status)


def _back(request: HttpRequest) -> str:
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    return wanted if is_safe_path(wanted) else "/account/addresses/"
