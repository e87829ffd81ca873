"""Deciding about a shop: approve, turn down, suspend, let back, apply for its payment account."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from billing.payments.contracts import ProviderError
from console.access import REVIEWERS, me, staff_page
from console.deeds import apply_for_account
from console.shops.forms import ReasonForm
from console.shops.views import render_shop
from market.shops.contracts import ShopContext
from market.shops.selectors import ShopNotFound, get_shop
from market.shops.services import WrongStatus, approve_shop, close_shop, suspend_shop
from web.toasts import add_toast


@staff_page(*REVIEWERS)
@require_POST
def approve(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Let a shop be seen, and apply for its payment account."""
    shop = _find(shop_id)
    try:
        approve_shop(shop_id=shop_id, actor_id=me(request), now=timezone.now())
    except WrongStatus:
        add_toast(request, gettext("Somebody decided about this shop meanwhile. This is how it stands now."), bad=True)
        return redirect("console:shop", shop_id)
    if _apply(request, shop):
        add_toast(request, _say(gettext("“%(shop)s” is open: shoppers find it, and it takes WeChat Pay."), shop))
    return redirect("console:shop", shop_id)


@staff_page(*REVIEWERS)
@require_POST
def enrol(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Apply again for an open shop's payment account; harmless when there is one."""
    shop = _find(shop_id)
    if not shop.is_open:
        add_toast(request, gettext("Only an open shop gets a payment account. Approve it first."), bad=True)
    elif _apply(request, shop):
        add_toast(request, _say(gettext("“%(shop)s” takes WeChat Pay now."), shop))
    return redirect("console:shop", shop_id)


@staff_page(*REVIEWERS)
@require_POST
def turn_down(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Turn an application down, or close a shop for good, with a reason."""
    return _decide(request, shop_id, "turn_down", _close, gettext("“%(shop)s” is closed. Its team reads the reason."))


@staff_page(*REVIEWERS)
@require_POST
def suspend(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Take a shop off every page, with a reason."""
    said = gettext("“%(shop)s” is suspended: it is gone from pages and search. Its team reads the reason.")
    undo_url = reverse("console:approve-shop", args=[shop_id])
    return _decide(request, shop_id, "suspend", _suspend, said, undo_url=undo_url)


Decision = Callable[[int, int, str, datetime], ShopContext]


def _close(shop_id: int, actor_id: int, reason: str, now: datetime) -> ShopContext:
    return close_shop(shop_id=shop_id, actor_id=actor_id, reason=reason, now=now)


def _suspend(shop_id: int, actor_id: int, reason: str, now: datetime) -> ShopContext:
    return suspend_shop(shop_id=shop_id, actor_id=actor_id, reason=reason, now=now)


def _decide(
    request: HttpRequest, shop_id: int, name: str, decide: Decision, said: str, *, undo_url: str = ""
) -> HttpResponse:
    shop, form = _find(shop_id), ReasonForm(request.POST)
    if not form.is_valid():
        return render_shop(request, shop_id, form=form, refused=name, status=422)
    try:
        decide(shop_id, me(request), form.cleaned_data["reason"], timezone.now())
    except WrongStatus:
        add_toast(request, gettext("Somebody decided about this shop meanwhile. This is how it stands now."), bad=True)
    else:
        add_toast(request, _say(said, shop), undo_url=undo_url)
    return redirect("console:shop", shop_id)


def _apply(request: HttpRequest, shop: ShopContext) -> bool:
    """Ask the provider; when it does not answer, say so: the shop's page offers to ask again."""
    try:
        apply_for_account(
            shop_id=shop.shop_id, shop_name=shop.name.best("zh-hans"), actor_id=me(request), now=timezone.now()
        )
    except ProviderError as error:
        pending = gettext("WeChat Pay still examines the application of “%(shop)s”. Apply again in a minute.")
        silent = gettext("WeChat Pay does not answer, so “%(shop)s” cannot take payments yet. Apply again in a minute.")
        add_toast(request, _say(pending if error.code == "PENDING" else silent, shop), bad=True)
        return False
    except ImproperlyConfigured:
        unset = gettext("WeChat Pay is not set up on this platform, so “%(shop)s” takes cash on delivery only.")
        add_toast(request, _say(unset, shop), bad=True)
        return False
    return True


def _say(sentence: str, shop: ShopContext) -> str:
    return sentence % {"shop": shop.name.best(get_language() or "zh-hans")}


def _find(shop_id: int) -> ShopContext:
    try:
        return get_shop(shop_id)
    except ShopNotFound as error:
        raise Http404 from error
