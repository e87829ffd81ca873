"""Views of campaigns: all of them, one of them, switching, changing."""

from collections.abc import Sequence
from typing import Any  # Any: template contexts are open by nature
from urllib.parse import urlencode

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.settlement.services.days import business_date
from market.money import BadAmount, parse_minor
from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.forms import MoneyForm, PagesForm, TargetForm, show_money, show_pages, show_target
from merchant_portal.ads.goods import epochs_of, list_products, map_cards
from merchant_portal.ads.sentences import (
    describe,
    list_matches,
    name_charge,
    name_kind,
    name_match,
    name_part_state,
    name_state,
    tone_of,
)
from merchant_portal.ads.today import read_today, suggest_budget
from merchant_portal.frame import read_number, render_page
from search.campaigns.contracts import (
    BadInput,
    CampaignState,
    CampaignView,
    MatchType,
    NegativeDraft,
    Targeting,
)
from search.campaigns.selectors import (
    CampaignNotFound,
    count_campaigns,
    find_limit,
    get_campaign,
    list_ads,
    list_campaigns,
    list_creatives,
    list_groups,
    list_negatives,
)
from search.campaigns.services import (
    CampaignEnded,
    NoSuchCampaign,
    add_negatives,
    change_campaign,
    remove_negative,
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
    shop_id, is_ended = visit_of(request).shop.shop_id, request.GET.get("tab") == _ENDED
    counts = count_campaigns(shop_id=shop_id)
    before = read_number(request.GET.get("after", "")) or None
    states = (CampaignState.ENDED,) if is_ended else _LIVING
    rows = list_campaigns(shop_id=shop_id, states=states, before=before, limit=PAGE + 1)
    day = business_date(timezone.now())
    today = read_today(shop_id=shop_id, campaigns=rows[:PAGE], day=day)
    context = {
        "rows": [
            {
                **describe_campaign(row),
                "figures": today.rows[row.campaign_id],
                "is_used_up": row.campaign_id in today.used_up,
                "more_minor": suggest_budget(row),
            }
            for row in rows[:PAGE]
        ],
        "today": today,
        "day": day,
        "next_cursor": rows[PAGE - 1].campaign_id if len(rows) > PAGE else None,
        "tabs": _list_tabs(counts, is_ended=is_ended),
        "total": sum(counts.values()),
        "limit": find_limit(shop_id),
        "is_ended": is_ended,
    }
    return render_page(request, "portal/ads/campaigns.html", context)


@require_POST
@shop_required("money")
def switch(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Run, pause or end a campaign."""
    visit, asked = visit_of(request), request.POST.get("state", "")
    if asked not in set(CampaignState):
        asked = CampaignState.RUNNING if request.POST.get("on") else CampaignState.PAUSED
    state = CampaignState(asked)
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


@require_GET
@shop_required("money")
def show_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A campaign whole: its groups with what they advertise, and the words it keeps away from."""
    shop_id = visit_of(request).shop.shop_id
    campaign = _find(request, campaign_id)
    ads = list_ads(shop_id=shop_id, campaign_id=campaign_id)
    cards = map_cards(shop_id=shop_id, product_ids=list_products(ads), epochs=epochs_of(request))
    creatives = {one.creative_id: one for one in list_creatives(shop_id=shop_id)}
    groups = [
        {
            "group": group,
            "state": name_part_state(group.state),
            "tone": tone_of(group.state),
            "charge": name_charge(group.charge),
            "cards": [cards[ad.product_id] for ad in ads if ad.group_id == group.group_id and ad.product_id in cards],
            "creatives": [
                creatives[ad.creative_id] for ad in ads if ad.group_id == group.group_id and ad.creative_id in creatives
            ],
        }
        for group in list_groups(shop_id=shop_id, campaign_id=campaign_id)
    ]
    negatives = list_negatives(shop_id=shop_id, campaign_id=campaign_id)
    context = {
        **describe_campaign(campaign),
        "groups": groups,
        "negatives": [(one, name_match(one.match)) for one in negatives if one.group_id is None],
        "matches": list_matches(),
        "is_over": campaign.state is CampaignState.ENDED,
    }
    return render_page(request, "portal/ads/campaign.html", context)


@require_http_methods(["GET", "POST"])
@shop_required("money")
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Budgets, days, hours, provinces and pages of a campaign."""
    campaign = _find(request, campaign_id)
    if campaign.state is CampaignState.ENDED:
        raise Http404
    data = request.POST if request.method == "POST" else None
    money = MoneyForm(data, initial=show_money(campaign))
    target = TargetForm(data, initial=show_target(campaign.targeting))
    pages = PagesForm(data, initial=show_pages(campaign.targeting))
    forms = (money, target, pages)
    wrongs: list[tuple[str, str]] = []
    if data is not None and not _list_faulty(forms):
        wrongs = _change(request, campaign, money, target, pages)
        if not wrongs:
            add_toast(request, gettext("Saved. It holds within seconds."))
            return redirect("portal:campaign", campaign_id)
    context = {**describe_campaign(campaign), "money": money, "target": target, "pages": pages, "wrongs_list": wrongs}
    failed = bool(wrongs) or any(form.errors for form in forms)
    return render_page(request, "portal/ads/edit.html", context, status=422 if failed else 200)


@require_POST
@shop_required("money")
def exclude(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Keep the campaign away from words, one a line."""
    visit, match = visit_of(request), request.POST.get("match", "")
    chosen = MatchType(match) if match in set(MatchType) else MatchType.PHRASE
    lines = [line for line in request.POST.get("words", "")[:8_000].splitlines() if line.strip()]
    try:
        number = add_negatives(
            shop_id=visit.shop.shop_id,
            campaign_id=campaign_id,
            drafts=[NegativeDraft(line, chosen) for line in lines],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
    else:
        said = gettext("No ad for these words any more.") if number else gettext("They were there already.")
        add_toast(request, said)
    return redirect(reverse("portal:campaign", args=[campaign_id]) + "#negatives")


@require_POST
@shop_required("money")
def include(request: HttpRequest, campaign_id: int, negative_id: int) -> HttpResponse:
    """Let a word be shown for again."""
    visit = visit_of(request)
    try:
        remove_negative(shop_id=visit.shop.shop_id, negative_id=negative_id, actor_id=visit.user_id, now=timezone.now())
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    add_toast(request, gettext("Ads may show for it again."))
    return redirect(reverse("portal:campaign", args=[campaign_id]) + "#negatives")


@require_POST
@shop_required("money")
def limit_day(request: HttpRequest) -> HttpResponse:
    """What all campaigns together may spend a day; an empty field lifts the limit."""
    visit, text = visit_of(request), request.POST.get("daily_limit", "").strip().lstrip("¥")[:20]
    try:
        amount = parse_minor(text) if text else None
        set_own_limit(shop_id=visit.shop.shop_id, daily_minor=amount, actor_id=visit.user_id, now=timezone.now())
    except BadAmount:
        add_toast(request, gettext("Enter a sum such as 300 or 300.00."), bad=True)
    except BadInput as error:
        add_toast(request, describe(error), bad=True)
    else:
        add_toast(request, gettext("The limit holds.") if text else gettext("There is no limit any more."))
    return redirect("portal:ads")


def describe_campaign(campaign: CampaignView) -> dict[str, Any]:
    """A campaign as lists and its page show it."""
    return {
        "campaign": campaign,
        "kind": name_kind(campaign.kind),
        "state": name_state(campaign.state),
        "tone": tone_of(campaign.state),
        "is_on": campaign.state is CampaignState.RUNNING,
    }


def _change(
    request: HttpRequest, campaign: CampaignView, money: MoneyForm, target: TargetForm, pages: PagesForm
) -> list[tuple[str, str]]:
    """What is wrong after all, if anything."""
    targeting = Targeting(
        hours=target.cleaned_data["hours"] if target.moves_hours() else campaign.targeting.hours,
        regions=tuple(target.cleaned_data["regions"]),
        audiences=campaign.targeting.audiences,
        frequency_caps=pages.caps(),
        page_bps=pages.page_bps(),
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
        return [(f"#id_{error.field}", describe(error))]
    except (NoSuchCampaign, CampaignEnded) as error:
        raise Http404 from error
    return []


def _list_faulty(forms: Sequence[Form]) -> list[Form]:
    """Every form is looked at, so that all sentences show at once."""
    return [form for form in forms if not form.is_valid()]


def _find(request: HttpRequest, campaign_id: int) -> CampaignView:
    try:
        return get_campaign(shop_id=visit_of(request).shop.shop_id, campaign_id=campaign_id)
    except CampaignNotFound as error:
        raise Http404 from error


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
    if state is CampaignState.PAUSED:
        return gettext("Paused. Nothing of it is shown within seconds; clicks under way still count.")
    return gettext("Ended. Its figures stay.")
