"""All campaigns of a shop: their switches, budgets, and the limit of the day."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.settlement.services.days import business_date
from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.held_up import describe_held_up
from merchant_portal.ads.overview import read_overview
from merchant_portal.ads.refused import Refused, posted_from, refuse
from merchant_portal.ads.sentences import (
    describe,
)
from merchant_portal.ads.today import read_today, suggest_budget
from merchant_portal.ads.views.describing import describe_campaign
from merchant_portal.frame import read_number, render_page
from search.campaigns.contracts import (
    BadInput,
    CampaignState,
)
from search.campaigns.rules.checking import read_amount
from search.campaigns.selectors import (
    count_campaigns,
    find_without_groups,
    list_campaigns,
)
from search.campaigns.services import (
    CampaignEnded,
    NoSuchCampaign,
    set_campaign_state,
    set_daily_budget,
    set_own_limit,
)
from web.shapes import Tab
from web.toasts import add_toast

PAGE = 50
_ENDED = "ended"
_LIVING = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.DRAFT)


@require_GET
@shop_required("money")
def show_campaigns(request: HttpRequest) -> HttpResponse:
    """The shop's campaigns with their switches; those that ended stand behind a tab of their own."""
    return _render(request)


def _render(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    shop_id, is_ended = visit_of(request).shop.shop_id, request.GET.get("tab") == _ENDED
    counts = count_campaigns(shop_id=shop_id)
    before = read_number(request.GET.get("after", "")) or None
    states = (CampaignState.ENDED,) if is_ended else _LIVING
    rows = list_campaigns(shop_id=shop_id, states=states, before=before, limit=PAGE + 1)
    now = timezone.now()
    day = business_date(now)
    empty = find_without_groups(shop_id=shop_id, campaign_ids=[row.campaign_id for row in rows[:PAGE]])
    today = read_today(shop_id=shop_id, campaigns=rows[:PAGE], day=day)
    context = {
        "rows": [
            {
                **describe_campaign(row),
                "figures": today.rows[row.campaign_id],
                "is_used_up": row.campaign_id in today.used_up,
                "is_empty": row.campaign_id in empty and row.state is CampaignState.RUNNING,
                "more_minor": suggest_budget(row),
            }
            for row in rows[:PAGE]
        ],
        "today": today,
        "day": day,
        "next_cursor": rows[PAGE - 1].campaign_id if len(rows) > PAGE else None,
        "tabs": _list_tabs(counts, is_ended=is_ended),
        "total": sum(counts.values()),
        **describe_held_up(shop_id, now=now),
        "is_ended": is_ended,
        "overview": read_overview(shop_id=shop_id, now=now) if rows and not is_ended else None,
        "refused": refused,
    }
    return render_page(request, "portal/ads/campaigns.html", context, status=422 if refused else 200)


@require_POST
@shop_required("money")
def switch(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Run or pause a campaign; ending one is asked first."""
    visit, asked = visit_of(request), request.POST.get("state", "")
    if asked not in set(CampaignState):
        asked = CampaignState.RUNNING if request.POST.get("on") else CampaignState.PAUSED
    state = CampaignState(asked)
    if state is CampaignState.ENDED:
        return redirect("portal:end-campaign", campaign_id)
    try:
        set_campaign_state(
            shop_id=visit.shop.shop_id,
            campaign_ids=[campaign_id],
            state=state,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except NoSuchCampaign as error:
        raise Http404 from error
    except (CampaignEnded, BadInput):
        add_toast(request, gettext("It has ended, and stays so. Make a new one."), bad=True)
    else:
        add_toast(request, _say_switched(state))
    return redirect("portal:campaign", campaign_id) if request.POST.get("from") == "page" else redirect("portal:ads")


@require_POST
@shop_required("money")
def raise_budget(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Another budget for the day, in fen, as the list offers it."""
    visit = visit_of(request)
    try:
        set_daily_budget(
            shop_id=visit.shop.shop_id,
            campaign_id=campaign_id,
            daily_budget_minor=read_number(request.POST.get("daily_budget", ""), 12),
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
    else:
        add_toast(request, gettext("Saved. It holds within seconds."))
    return redirect("portal:ads")


@require_http_methods(["GET", "POST"])
@shop_required("money")
@posted_from("portal:ads")
def limit_day(request: HttpRequest) -> HttpResponse:
    """What all campaigns together may spend a day; an empty field lifts the limit."""
    visit, text = visit_of(request), request.POST.get("daily_limit", "").strip()[:40]
    try:
        amount = read_amount(text, "daily_limit") if text else None
        set_own_limit(shop_id=visit.shop.shop_id, daily_minor=amount, actor_id=visit.user_id, now=timezone.now())
    except BadInput as error:
        return _render(request, refuse(request, "limit", {"": "daily_limit"}, error))
    add_toast(request, gettext("The limit holds.") if text else gettext("There is no limit any more."))
    return redirect("portal:ads")


def _list_tabs(counts: dict[CampaignState, int], *, is_ended: bool) -> list[Tab]:
    living = sum(counts[state] for state in _LIVING)
    address = reverse("portal:ads")
    return [
        Tab(gettext("Campaigns"), address, not is_ended, living),
        Tab(gettext("Ended"), f"{address}?{urlencode({'tab': _ENDED})}", is_ended, counts[CampaignState.ENDED]),
    ]


def _say_switched(state: CampaignState) -> str:
    if state is CampaignState.RUNNING:
        return gettext("It runs. Shoppers see it within seconds.")
    return gettext("Paused. Nothing of it is shown within seconds; clicks under way still count.")
