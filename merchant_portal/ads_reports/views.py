"""Views of reports."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads_reports.asking import SPANS, Asked, read_asked
from merchant_portal.ads_reports.files import write_csv
from merchant_portal.ads_reports.lifts import show_lift
from merchant_portal.ads_reports.page import draw_spend, name_rows, print_figures, print_micro
from merchant_portal.ads_reports.words import SHOWN, name_dimension, name_model
from merchant_portal.frame import render_page
from search.auction.contracts import Model
from search.campaigns.selectors import CampaignNotFound, get_campaign, list_campaigns
from search.reports.contracts import Dimension
from search.reports.selectors import get_report
from web.shapes import Tab

MOST_SHOWN = 200


@require_GET
@shop_required("money")
def show_reports(request: HttpRequest) -> HttpResponse:
    """Tiles, spend against plan, and the table behind one tab."""
    shop_id, now = visit_of(request).shop.shop_id, timezone.now()
    asked = read_asked(request.GET, now=now)
    check_campaign(asked, shop_id)
    report = get_report(asked.ask(shop_id), most=MOST_SHOWN)
    context = {
        "asked": asked,
        "report": report,
        "rows": name_rows(report, asked.by, shop_id=shop_id),
        "total": print_figures(report.total),
        "sold": report.total.sold,
        "borne": print_micro(report.total.sums.borne_micro),
        "given_back": print_micro(report.total.sums.credited_micro + report.total.sums.freed_micro),
        "chart": draw_spend(asked, shop_id=shop_id, now=now),
        "tabs": [Tab(name_dimension(by), asked.href(by=by), by is asked.by) for by in SHOWN],
        "head": name_dimension(asked.by),
        "spans": [Tab(name_span(days), asked.href(days=days), days == asked.days) for days in SPANS],
        "longest_href": asked.href(days=SPANS[-1]),
        "campaigns": list_campaigns(shop_id=shop_id, limit=200),
        "models": [(model.value, name_model(model)) for model in Model],
        "model_name": name_model(asked.model),
        "file_href": asked.href(place="portal:ads-report-file"),
        "charges_href": asked.href(place="portal:ads-charges"),
        "leads_on": asked.by is Dimension.CAMPAIGN,
        "lift": show_lift(shop_id=shop_id, today=asked.today) if report.rows else None,
        "now": now,
    }
    return render_page(request, "portal/ads_reports/reports.html", context)


@require_GET
@shop_required("money")
def download_report(request: HttpRequest) -> HttpResponse:
    """The whole table as a file."""
    visit = visit_of(request)
    asked = read_asked(request.GET, now=timezone.now())
    check_campaign(asked, visit.shop.shop_id)
    report = get_report(asked.ask(visit.shop.shop_id))
    rows = name_rows(report, asked.by, shop_id=visit.shop.shop_id)
    response = HttpResponse(write_csv(report, rows, asked.by), content_type="text/csv; charset=utf-8")
    name = f"{visit.shop.slug}-ads-{asked.by.value}-{asked.since.isoformat()}-{asked.today.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def name_span(days: int) -> str:
    """So many days, today included."""
    if days == 1:
        return gettext("Today")
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


def check_campaign(asked: Asked, shop_id: int) -> None:
    """Raises `Http404` for a campaign that is not the shop's."""
    if asked.campaign_id is None:
        return
    try:
        get_campaign(shop_id=shop_id, campaign_id=asked.campaign_id)
    except CampaignNotFound as error:
        raise Http404 from error
