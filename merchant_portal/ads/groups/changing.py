"""Adding a group, and changing its name, bid, charge or state."""

from typing import Any  # Any: template contexts are open by nature

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.groups.deeds import find_group, say_state
from merchant_portal.ads.groups.page import render_group
from merchant_portal.ads.refused import posted_from, refuse
from merchant_portal.ads.sentences import describe
from merchant_portal.ads.views import find_campaign, render_campaign
from search.campaigns.contracts import (
    BadInput,
    CampaignKind,
    Charge,
    GroupDraft,
    GroupView,
    PartState,
)
from search.campaigns.rules.checking import read_amount
from search.campaigns.services import (
    CampaignEnded,
    NoSuchCampaign,
    add_group,
    change_group,
    restore_group,
    set_group_state,
)
from web.toasts import add_toast

_FIELDS = {"bid": "bid", "": "group_name"}


@require_http_methods(["GET", "POST"])
@shop_required("money")
@posted_from("portal:campaign")
def add(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A further group of a campaign, still empty, bidding what is typed."""
    visit = visit_of(request)
    campaign = find_campaign(request, campaign_id)
    try:
        charge = Charge.CLICK if campaign.kind is CampaignKind.KEYWORD else _read_charge(request)
        draft = GroupDraft(name=request.POST.get("group_name", ""), bid_minor=_read_bid(request), charge=charge)
        group_id = add_group(
            shop_id=visit.shop.shop_id,
            campaign_id=campaign_id,
            draft=draft,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    except BadInput as error:
        return render_campaign(request, campaign, refuse(request, "group", _FIELDS, error))
    return redirect("portal:ads-group", group_id)


@require_http_methods(["GET", "POST"])
@shop_required("money")
@posted_from("portal:ads-group")
def change(request: HttpRequest, group_id: int) -> HttpResponse:
    """Another name, bid or charge; or paused, run, removed."""
    visit, state = visit_of(request), request.POST.get("state", "")
    group, campaign = find_group(request, group_id)
    said: dict[str, Any] = {
        "shop_id": visit.shop.shop_id,
        "group_id": group_id,
        "actor_id": visit.user_id,
        "now": timezone.now(),
    }
    try:
        if state in set(PartState):
            set_group_state(state=PartState(state), **said)
            sentence = say_state(PartState(state))
        else:
            charge = Charge.CLICK if campaign.kind is CampaignKind.KEYWORD else _read_charge(request)
            group_name = request.POST.get("group_name", "")
            change_group(group_name=group_name, bid_minor=_read_bid(request), charge=charge, **said)
            sentence = gettext("Saved. It holds within seconds.")
    except BadInput as error:
        return render_group(request, group_id, refuse(request, "group", _FIELDS, error))
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    if state == PartState.REMOVED:
        return _say_removed(request, group)
    add_toast(request, sentence)
    return redirect("portal:ads-group", group_id)


@require_POST
@shop_required("money")
def restore(request: HttpRequest, group_id: int) -> HttpResponse:
    """Take the removal of a group back; `?paused=1` for one that was paused."""
    visit = visit_of(request)
    try:
        restore_group(
            shop_id=visit.shop.shop_id,
            group_id=group_id,
            state=PartState.PAUSED if "paused" in request.GET else PartState.RUNNING,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except NoSuchCampaign as error:
        raise Http404 from error
    except CampaignEnded:
        add_toast(request, gettext("The campaign has ended, and stays so."), bad=True)
        return redirect("portal:ads")
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
        return redirect("portal:ads")
    add_toast(request, gettext("The group is back, with its words and ads."))
    return redirect("portal:ads-group", group_id)


def _say_removed(request: HttpRequest, group: GroupView) -> HttpResponse:
    undo = reverse("portal:restore-ads-group", args=[group.group_id])
    undo = f"{undo}?paused=1" if group.state is PartState.PAUSED else undo
    sentence = gettext("“%(name)s” is removed. Its figures stay.") % {"name": group.name}
    add_toast(request, sentence, undo_url=undo)
    return redirect("portal:campaign", group.campaign_id)


def _read_bid(request: HttpRequest) -> int:
    return read_amount(request.POST.get("bid", "")[:40], "bid")


def _read_charge(request: HttpRequest) -> Charge:
    asked = request.POST.get("charge", "")
    return Charge(asked) if asked in set(Charge) else Charge.MILLE
