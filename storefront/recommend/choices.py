"""What a visitor decides about recommendations: on or off, and what is known deleted. For guests too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from search.signals.services import forget_person, switch_interests
from storefront.recommend.person import read_visitor, remember_choice
from storefront.seen.telling import find_person, refuses_following
from web.toasts import add_toast


@never_cache
@require_GET
def show_choices(request: HttpRequest) -> HttpResponse:
    """What is kept and what for, the switch, and the button that deletes."""
    context = {"visitor": read_visitor(request), "refuses": refuses_following(request)}
    return render(request, "storefront/recommend/choices.html", context)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """On or off. Off deletes what is known."""
    is_on = request.POST.get("on") == "1"
    if person := find_person(request):
        switch_interests(person=person, is_on=is_on, now=timezone.now())
    if is_on:
        add_toast(request, gettext("Personal recommendations are on. They begin with what you look at from now on."))
    else:
        text = gettext("Personal recommendations are off: what was kept is deleted, and nothing more is kept.")
        add_toast(request, text)
    response = redirect("storefront:interests")
    remember_choice(response, is_on=is_on)
    return response


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Delete what is known; the switch stays as it is."""
    if person := find_person(request):
        forget_person(person=person, now=timezone.now())
    add_toast(request, gettext("What was kept of your looking around is deleted."))
    return redirect("storefront:interests")
