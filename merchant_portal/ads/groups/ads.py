"""The ads of a group: further ones, and their states."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.groups.deeds import do, say_state
from merchant_portal.frame import read_number
from search.campaigns.contracts import (
    PartState,
)
from search.campaigns.services import (
    add_ads,
    set_ad_state,
)


@require_POST
@shop_required("money")
def advertise(request: HttpRequest, group_id: int) -> HttpResponse:
    """Further goods or pictures in the group."""
    visit = visit_of(request)

    def deed() -> str:
        number = add_ads(
            shop_id=visit.shop.shop_id,
            group_id=group_id,
            product_ids=[pk for text in request.POST.getlist("product") if (pk := read_number(text))],
            creative_ids=[pk for text in request.POST.getlist("creative") if (pk := read_number(text))],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
        text = ngettext("%(number)s ad more runs.", "%(number)s ads more run.", number)
        return text % {"number": number} if number else gettext("Tick what you want to advertise first.")

    do(request, deed)
    return redirect("portal:ads-group", group_id)


@require_POST
@shop_required("money")
def change_ad(request: HttpRequest, group_id: int, ad_id: int) -> HttpResponse:
    """Pause, run or remove an ad."""
    visit, state = visit_of(request), request.POST.get("state", "")
    if state not in set(PartState):
        raise Http404

    def deed() -> str:
        set_ad_state(
            shop_id=visit.shop.shop_id,
            ad_id=ad_id,
            state=PartState(state),
            actor_id=visit.user_id,
            now=timezone.now(),
        )
        return say_state(PartState(state))

    do(request, deed)
    return redirect("portal:ads-group", group_id)
