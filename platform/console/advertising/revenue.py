"""The page of what advertising earns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from billing.ledger.contracts import Code
from billing.ledger.selectors import get_balance
from billing.settlement.services.days import business_date
from console.access import REVIEWERS, me, staff_page
from console.advertising.amounts import print_exact, print_micro
from console.advertising.spent import draw_spent
from console.frame import render_page
from market.money import BadAmount, format_minor, parse_minor
from market.shops.selectors import list_shops_by_ids
from search.per_sale.contracts import BadPlan, RateBounds
from search.per_sale.selectors import get_bounds, get_per_sale_health
from search.per_sale.services import set_bounds
from search.reports.contracts import RevenueDay, Sums
from search.reports.selectors import get_reports_health, list_advertisers, list_revenue_days
from search.serving.rules.lift import compute_lift
from search.serving.selectors import get_arms
from search.spending.selectors import get_charging_health
from web.charts import Chart
from web.shapes import Tab
from web.toasts import add_toast

SPANS = (7, 28, 90)
EARNED = (Code.ADS_CPC, Code.ADS_CPM, Code.ADS_SLOT, Code.ADS_SALE, Code.ADS_PROMO)


@dataclass(frozen=True, slots=True)
class PrintedSums:
    """A row of the table. Amounts in yuan. Of the clicks some were given back; filtered ones stand beside them."""

    cost: str
    by_clicks: str
    by_views: str
    given_back: str
    borne: str
    views: int
    clicks: int
    clicks_back: int
    filtered: int


@staff_page()
@require_GET
def show_revenue(request: HttpRequest) -> HttpResponse:
    """By day and by advertiser, beside what the ledger holds and how charging stands."""
    now = timezone.now()
    today = business_date(now)
    span = next((one for one in SPANS if str(one) == request.GET.get("days")), SPANS[1])
    since = today - timedelta(days=span - 1)
    days = list_revenue_days(since=since, until=today)
    advertisers = list_advertisers(since=since, until=today)
    shops, bounds = list_shops_by_ids([one.shop_id for one in advertisers]), get_bounds()
    charging = get_charging_health(now)
    context = {
        "tabs": _list_tabs(span),
        "total": print_sums(sum((day.sums for day in days), Sums())),
        "days": [(day.day, day.shops, print_sums(day.sums)) for day in reversed(days)],
        "chart": draw_days(days, since=since, span=span) if days else None,
        "advertisers": [(shops.get(one.shop_id), one.figures, print_sums(one.figures.sums)) for one in advertisers],
        "ledger": [(code.value, name_account(code), get_balance(code=code).posted_minor) for code in EARNED],
        "charging": charging,
        "carried": print_exact(charging.carry_micro),
        "health": get_reports_health(),
        "sales": get_per_sale_health(),
        "bounds": [print_rate(bps) for bps in (bounds.least_bps, bounds.most_bps)],
        **_show_lift(since, today),
    }
    return render_page(request, "advertising/revenue.html", context)


def _show_lift(since: date, today: date) -> dict[str, object]:
    """What all ads together added, beside both groups."""
    shown, held_out = get_arms(since=since, until=today)
    return {"shown": shown, "held_out": held_out, "lift": compute_lift(shown, held_out)}


@staff_page(*REVIEWERS)
@require_POST
def set_rates(request: HttpRequest) -> HttpResponse:
    """What commission on sales may be, for plans that are made or changed from now on."""
    try:
        least, most = (parse_minor(request.POST.get(name, "")) for name in ("least", "most"))
        set_bounds(bounds=RateBounds(least, most), actor_id=me(request), now=timezone.now())
    except (BadAmount, BadPlan):
        add_toast(request, gettext("Enter two rates in percent, the lower one first."), bad=True)
    else:
        add_toast(request, gettext("Set. Plans that run keep their rates until they are changed."))
    return redirect("console:ads-revenue")


def print_rate(bps: int) -> str:
    """A rate in percent."""
    return format_minor(bps).replace(",", "").removesuffix("00").removesuffix(".")


def print_sums(sums: Sums) -> PrintedSums:
    """The columns of a row."""
    return PrintedSums(
        cost=print_micro(sums.cost_micro),
        by_clicks=print_micro(sums.click_micro),
        by_views=print_micro(sums.view_micro),
        given_back=print_micro(sums.credited_micro + sums.freed_micro),
        borne=print_micro(sums.borne_micro),
        views=sums.views,
        clicks=sums.clicks,
        clicks_back=sums.credited_clicks,
        filtered=sums.filtered_clicks,
    )


def draw_days(days: Sequence[RevenueDay], *, since: date, span: int) -> Chart:
    """What was spent on each day."""
    spent = {day.day: day.sums.cost_micro for day in days}
    finding = gettext("Advertisers spent %(total)s in %(days)s days.")
    return draw_spent(spent, since=since, days=span, finding=finding)


def name_account(code: Code) -> str:
    """An account of advertising in words."""
    return {
        Code.ADS_CPC: pgettext("ads", "Clicks"),
        Code.ADS_CPM: pgettext("ads", "Views"),
        Code.ADS_SLOT: pgettext("ads", "Fixed places"),
        Code.ADS_SALE: pgettext("ads", "Commission on sales"),
        Code.ADS_PROMO: pgettext("ads", "Bonus given, not yet expired"),
    }[code]


def _list_tabs(current: int) -> list[Tab]:
    address = reverse("console:ads-revenue")
    return [
        Tab(ngettext("%(days)d day", "%(days)d days", span) % {"days": span}, f"{address}?days={span}", span == current)
        for span in SPANS
    ]
