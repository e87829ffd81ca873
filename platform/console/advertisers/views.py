"""Views of advertisers: the list, one of them, one of its campaigns."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from billing.settlement.services.days import business_date
from billing.wallets.selectors import get_wallet
from console.access import staff_page
from console.advertisers.forms import LimitForm, StopForm
from console.advertisers.page import (
    DAYS,
    describe_advertisers,
    describe_campaign,
    draw_days,
    list_campaign_rows,
    since_of,
)
from console.frame import render_page
from console.invalid_clicks.page import describe_findings
from console.lists import PAGE, cut, read_position
from console.shops.naming import read_shop
from console.trail.page import TrailRow, describe_lines
from market.accounts.selectors import list_people_by_ids
from market.audit.contracts import AuditLine
from market.audit.selectors import list_entries
from market.money import format_minor
from market.shops.selectors import list_shops_by_ids
from search.campaigns.selectors import (
    find_limit,
    list_advertiser_ids,
    list_groups,
    list_limited,
    map_campaigns,
)
from search.campaigns.words import name_charge, name_part_state
from search.reports.contracts import Dimension, Figures, ReportAsk
from search.reports.selectors import get_report, list_advertisers
from search.spending.contracts import FindingFilter
from search.spending.selectors import list_findings, list_hours
from web.shapes import Tab

SPENDERS, LIMITED, ALL = "", "limited", "all"
LATEST = 5
MOST_LINES = 8


@staff_page()
@require_GET
def show_advertisers(request: HttpRequest) -> HttpResponse:
    """Who spent most lately; who is limited or stopped; or every shop with campaigns.

    A shop's number, address or name opens it.
    """
    tab, asked_shop = request.GET.get("tab", SPENDERS), read_shop(request.GET)
    if tab not in (SPENDERS, LIMITED, ALL):
        raise Http404
    if asked_shop.shop_id and not asked_shop.is_unknown:
        return redirect("console:advertiser", asked_shop.shop_id)
    today = business_date(timezone.now())
    page = cut(_list_ids(request, tab), _scope(tab), lambda one: one)
    context = {
        "tabs": _list_tabs(tab),
        "tab": tab,
        "rows": describe_advertisers(page.items, today=today),
        "next_cursor": page.next_cursor if tab else None,
        "days": DAYS,
        "asked_shop": asked_shop,
    }
    return render_page(request, "advertisers/list.html", context)


@staff_page()
@require_GET
def show_advertiser(request: HttpRequest, shop_id: int) -> HttpResponse:
    """One shop: what it spends and has, its limits, and where everything of it stands."""
    limit = find_limit(shop_id)
    daily_minor = limit.staff_daily_minor if limit else None
    shown = "" if daily_minor is None else format_minor(daily_minor)
    return render_advertiser(request, shop_id, LimitForm(initial={"daily": shown}), StopForm())


@staff_page()
@require_GET
def show_campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign as it stands, to look at: its groups with their bids, and who changed what."""
    campaign = map_campaigns([campaign_id]).get(campaign_id)
    if campaign is None:
        raise Http404
    today = business_date(timezone.now())
    ask = ReportAsk(
        shop_id=campaign.shop_id, since=since_of(today), until=today, by=Dimension.GROUP, campaign_id=campaign_id
    )
    report = get_report(ask)
    figures = {row.key: row.figures for row in report.rows}
    groups = list_groups(shop_id=campaign.shop_id, campaign_id=campaign_id)
    context = {
        "row": describe_campaign(campaign, report.total),
        "shop": list_shops_by_ids([campaign.shop_id]).get(campaign.shop_id),
        "groups": [
            (
                group,
                name_charge(group.charge),
                name_part_state(group.state),
                figures.get(str(group.group_id), Figures()),
            )
            for group in groups
        ],
        "total": report.total,
        "days": DAYS,
        "trail": describe_trail(list_entries(target=("campaign", str(campaign_id)), limit=MOST_LINES)),
    }
    return render_page(request, "advertisers/campaign.html", context)


def render_advertiser(
    request: HttpRequest, shop_id: int, limit_form: LimitForm, stop_form: StopForm, *, status: int = 200
) -> HttpResponse:
    """The page of one shop. Raises `Http404`."""
    today = business_date(timezone.now())
    (row,) = describe_advertisers([shop_id], today=today)
    if row.shop is None:
        raise Http404
    context = {
        "row": row,
        "shop": row.shop,
        "days": DAYS,
        "wallet": get_wallet(shop_id),
        "chart": draw_days(shop_id, today=today),
        "campaigns": list_campaign_rows(shop_id, today=today),
        "findings": describe_findings(list_findings(FindingFilter(shop_id=shop_id), limit=LATEST)),
        "hours": list_hours(shop_id=shop_id, since=since_of(today), until=today, limit=LATEST),
        "trail": describe_trail(list_entries(target=("advertiser", str(shop_id)), limit=MOST_LINES)),
        "limit_form": limit_form,
        "stop_form": stop_form,
    }
    return render_page(request, "advertisers/advertiser.html", context, status=status)


def describe_trail(lines: Sequence[AuditLine]) -> list[TrailRow]:
    """Lines of the trail with the names of those who acted."""
    return describe_lines(lines, list_people_by_ids(line.actor_id for line in lines if line.actor_id))


def _list_ids(request: HttpRequest, tab: str) -> list[int]:
    after = read_position(request, _scope(tab)) or 0
    if tab == LIMITED:
        return [one.shop_id for one in list_limited(after=after, limit=PAGE + 1)]
    if tab == ALL:
        return list_advertiser_ids(after=after, limit=PAGE + 1)
    today = business_date(timezone.now())
    return [one.shop_id for one in list_advertisers(since=since_of(today), until=today, limit=PAGE)]


def _scope(tab: str) -> str:
    return f"advertisers:{tab}"


def _list_tabs(current: str) -> list[Tab]:
    address = reverse("console:advertisers")
    names = (
        (SPENDERS, gettext("Spent most")),
        (LIMITED, gettext("Limited or stopped")),
        (ALL, gettext("All by number")),
    )
    return [Tab(name, f"{address}?tab={tab}" if tab else address, tab == current) for tab, name in names]
