"""Deeds on advertisers: a limit set or lifted, advertising stopped with a reason and let run again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from console.access import REVIEWERS, me, staff_page
from console.advertisers.forms import LimitForm, StopForm
from console.advertisers.views import render_advertiser
from market.shops.selectors import list_shops_by_ids
from search.campaigns.contracts import BadInput
from search.campaigns.services import AlreadyStopped, NotStopped, lift_stop, set_staff_limit, stop_advertiser
from web.toasts import add_toast


@staff_page(*REVIEWERS)
@require_POST
def set_limit(request: HttpRequest, shop_id: int) -> HttpResponse:
    """What the shop may spend a day at most, by our word."""
    _check_shop(shop_id)
    form = LimitForm(request.POST)
    if not form.is_valid():
        return render_advertiser(request, shop_id, form, StopForm(), status=422)
    daily_minor = form.cleaned_data["daily"]
    set_staff_limit(shop_id=shop_id, daily_minor=daily_minor, actor_id=me(request), now=timezone.now())
    said = gettext("There is no limit of ours any more.")
    add_toast(request, said if daily_minor is None else gettext("The limit holds within seconds."))
    return redirect("console:advertiser", shop_id)


@staff_page(*REVIEWERS)
@require_POST
def stop(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Show nothing of the shop until the stop is lifted."""
    _check_shop(shop_id)
    form = StopForm(request.POST)
    if not form.is_valid():
        return render_advertiser(request, shop_id, LimitForm(), form, status=422)
    try:
        stop_advertiser(shop_id=shop_id, reason=form.cleaned_data["reason"], actor_id=me(request), now=timezone.now())
    except AlreadyStopped:
        add_toast(request, gettext("Somebody stopped it before. The first reason stands."), bad=True)
    except BadInput:
        form.add_error("reason", gettext("Write a reason of one line: the merchant reads it."))
        return render_advertiser(request, shop_id, LimitForm(), form, status=422)
    else:
        add_toast(request, gettext("Stopped within seconds. The merchant reads why."))
    return redirect("console:advertiser", shop_id)


@staff_page(*REVIEWERS)
@require_POST
def let_run(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Let the shop advertise again."""
    _check_shop(shop_id)
    try:
        lift_stop(shop_id=shop_id, actor_id=me(request), now=timezone.now())
    except NotStopped:
        add_toast(request, gettext("It is not stopped any more."), bad=True)
    else:
        add_toast(request, gettext("Its campaigns go on within seconds, as they stand."))
    return redirect("console:advertiser", shop_id)


def _check_shop(shop_id: int) -> None:
    if not list_shops_by_ids([shop_id]):
        raise Http404
