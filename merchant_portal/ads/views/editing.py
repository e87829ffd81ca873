"""Changing a campaign: budgets, days, hours, provinces, pages."""

from collections.abc import Sequence
from dataclasses import replace

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.audiences import ShownAudiences, read_audiences, show_audiences
from merchant_portal.ads.forms import (
    MoneyForm,
    PagesForm,
    TargetForm,
    WeekForm,
    show_money,
    show_pages,
    show_target,
    show_week,
)
from merchant_portal.ads.marks import Marks, list_all, place_marks
from merchant_portal.ads.sentences import (
    describe,
)
from merchant_portal.ads.views.describing import describe_campaign, find_campaign
from merchant_portal.frame import render_page
from search.campaigns.contracts import (
    BadInput,
    CampaignState,
    CampaignView,
    Targeting,
)
from search.campaigns.rules.hours import split_hours
from search.campaigns.services import (
    CampaignEnded,
    NoSuchCampaign,
    change_campaign,
)
from web.toasts import add_toast

_PLACES = {"regions": "hours", "frequency": "", "kind": ""}


@require_http_methods(["GET", "POST"])
@shop_required("money")
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Budgets, days, hours, provinces and pages of a campaign."""
    campaign = find_campaign(request, campaign_id)
    if campaign.state is CampaignState.ENDED:
        raise Http404
    data = request.POST if request.method == "POST" else None
    money = MoneyForm(data, initial=show_money(campaign))
    target = TargetForm(data, initial=show_target(campaign.targeting))
    pages = PagesForm(data, initial=show_pages(campaign.targeting), kind=campaign.kind)
    week = WeekForm(data, initial=show_week(campaign.targeting))
    forms = (money, target, pages, week)
    marks: Marks = {}
    if data is not None and not _list_faulty(forms):
        marks = _change(request, campaign, money, target.aim(week, campaign.targeting), pages)
        if not marks:
            add_toast(request, gettext("Saved. It holds within seconds."))
            return redirect("portal:campaign", campaign_id)
    left = place_marks(forms, marks)
    wrongs = list_all(forms, left)
    context = {
        **describe_campaign(campaign),
        "money": money,
        "target": target,
        "week": week,
        "has_own_days": len({bits for bits in split_hours(campaign.targeting.hours) if bits}) > 1,
        "pages": pages,
        "audiences": _show_audiences(request, campaign),
        "marks": left,
        "wrongs_list": wrongs,
    }
    return render_page(request, "portal/ads/edit.html", context, status=422 if wrongs else 200)


def _show_audiences(request: HttpRequest, campaign: CampaignView) -> ShownAudiences:
    """As they were ticked, else as they are."""
    chosen, regions = campaign.targeting.audiences, list(campaign.targeting.regions)
    if request.method == "POST":
        chosen, regions = read_audiences(request.POST.getlist("audience")), request.POST.getlist("regions")
    return show_audiences(shop_id=campaign.shop_id, chosen=chosen, regions=regions, now=timezone.now())


def _change(request: HttpRequest, campaign: CampaignView, money: MoneyForm, aim: Targeting, pages: PagesForm) -> Marks:
    """What is wrong after all, if anything."""
    targeting = replace(
        aim,
        audiences=read_audiences(request.POST.getlist("audience")),
        frequency_caps=pages.caps(),
        page_bps=pages.page_bps(campaign.targeting.page_bps),
    )
    visit = visit_of(request)
    try:
        change_campaign(
            shop_id=visit.shop.shop_id,
            campaign_id=campaign.campaign_id,
            draft=money.draft(campaign.kind, targeting),
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except BadInput as error:
        return {_PLACES.get(error.field, error.field): (describe(error),)}
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    return {}


def _list_faulty(forms: Sequence[Form]) -> list[Form]:
    """Every form is looked at, so that all sentences show at once."""
    return [form for form in forms if not form.is_valid()]
