"""Views of single views and clicks, and why each costs what it does."""

from datetime import date, datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads_reports.asking import SPANS, Asked, read_asked
from merchant_portal.ads_reports.explaining import explain
from merchant_portal.ads_reports.page import print_exact
from merchant_portal.ads_reports.views import check_campaign, name_span
from merchant_portal.frame import render_page
from search.campaigns.selectors import list_campaigns, map_campaigns
from search.campaigns.words import name_page
from search.spending.contracts import AdEventView, Correction, CorrectionKind
from search.spending.selectors import EventNotFound, get_event, list_events, map_corrections
from search.spending.words import name_reason
from web.paging import BadCursor, CursorPage, cut_page, decode_cursor
from web.shapes import Tab

PAGE = 50
BILLED = {"charged": True, "free": False, "all": None}
PLACE = "portal:ads-charges"


@require_GET
@shop_required("money")
def show_charges(request: HttpRequest) -> HttpResponse:
    """Every view and click of some days, the latest first; each opens its explanation."""
    shop_id = visit_of(request).shop.shop_id
    asked = read_asked(request.GET, now=timezone.now())
    check_campaign(asked, shop_id)
    which = request.GET.get("which", "charged")
    if which not in BILLED:
        raise Http404
    page = _read_page(request, asked, which, shop_id)
    names = map_campaigns({event.campaign_id for event in page.items})
    corrections = map_corrections([(event.day, event.token) for event in page.items])
    context = {
        "asked": asked,
        "which": which,
        "rows": [
            describe_event(event, names[event.campaign_id].name, corrections.get((event.day, event.token)))
            for event in page.items
        ],
        "next_cursor": page.next_cursor,
        "tabs": [Tab(name, f"{asked.href(place=PLACE)}&which={key}", key == which) for key, name in _name_tabs()],
        "spans": [(days, name_span(days)) for days in SPANS],
        "campaigns": list_campaigns(shop_id=shop_id, limit=200),
    }
    return render_page(request, "portal/ads_reports/charges.html", context)


@require_GET
@shop_required("money")
def show_charge(request: HttpRequest, day: str, token: UUID) -> HttpResponse:
    """One view or click: what was asked, where the ad stood, and the steps to its price."""
    shop_id = visit_of(request).shop.shop_id
    try:
        event = get_event(day=date.fromisoformat(day), token=token, shop_id=shop_id)
    except (EventNotFound, ValueError) as error:
        raise Http404 from error
    name = map_campaigns([event.campaign_id])[event.campaign_id].name
    correction = map_corrections([(event.day, event.token)]).get((event.day, event.token))
    context = {"row": describe_event(event, name, correction), "event": event, "why": explain(event)}
    return render_page(request, "portal/ads_reports/charge.html", context)


def _read_page(request: HttpRequest, asked: Asked, which: str, shop_id: int) -> CursorPage[AdEventView]:
    scope = f"ads:{shop_id}:{asked.days}:{asked.campaign_id}:{which}"
    before = None
    if after := request.GET.get("after"):
        try:
            before = datetime.fromisoformat(str(decode_cursor(after, scope=scope, length=1)[0]))
        except (BadCursor, ValueError) as error:
            raise Http404 from error
    events = list_events(
        shop_id=shop_id,
        since=asked.since,
        until=asked.today,
        campaign_id=asked.campaign_id,
        billed=BILLED[which],
        before=before,
        limit=PAGE + 1,
    )
    return cut_page(events, size=PAGE, scope=scope, position=lambda event: [event.at.isoformat()])


def describe_event(event: AdEventView, campaign: str, correction: Correction | None = None) -> dict[str, object]:
    """A view or click as lists and its page show it. A correction says what it does not cost after all."""
    is_credited = correction is not None and correction.kind is CorrectionKind.CREDITED
    return {
        "event": event,
        "campaign": campaign,
        "page": name_page(event.page),
        "price": print_exact(event.billed_micro),
        "borne": print_exact(event.borne_micro) if event.borne_micro else "",
        "reason": name_reason(event.reason) if event.reason else "",
        "given_back": name_reason(correction.reason) if correction and is_credited else "",
    }


def _name_tabs() -> list[tuple[str, str]]:
    return [
        ("charged", pgettext("ads", "Charged")),
        ("free", pgettext("ads", "Not charged")),
        ("all", pgettext("ads", "All")),
    ]
