"""Views of what was given back for clicks that were found invalid later: each with its reason and its clicks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads_reports.charges import describe_event
from merchant_portal.ads_reports.page import print_micro
from merchant_portal.ads_reports.words import join_reasons
from merchant_portal.frame import render_page
from search.campaigns.selectors import map_campaigns
from search.spending.contracts import FindingFilter, FindingState, FindingView
from search.spending.selectors import find_finding, list_evidence, list_findings, map_finding_campaigns, sum_findings
from web.paging import BadCursor, cut_page, decode_cursor

PAGE = 50
MOST_EVENTS = 200
GIVEN = (FindingState.APPROVED, FindingState.POSTED)
"""What staff, or the rules alone, found to be invalid. What is still looked at nobody is told of."""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """One finding as its shop reads it. The amount is in yuan."""

    finding: FindingView
    reasons: str
    amount: str
    is_posted: bool
    campaigns: tuple[str, ...]


@require_GET
@shop_required("money")
def show_given_back(request: HttpRequest) -> HttpResponse:
    """Every finding that went back or is about to, the latest first; of one day where one is named."""
    shop_id, day = visit_of(request).shop.shop_id, _read_day(request.GET.get("day", ""))
    wanted = FindingFilter(states=GIVEN, shop_id=shop_id, day=day)
    scope = f"ads-given-back:{shop_id}:{day or ''}"
    findings = list_findings(wanted, before=_read_position(request, scope), limit=PAGE + 1)
    page = cut_page(findings, size=PAGE, scope=scope, position=lambda finding: [finding.finding_id])
    total = sum_findings(wanted)
    context = {
        "rows": describe(page.items),
        "next_cursor": page.next_cursor,
        "day": day,
        "total": total,
        "amount": print_micro(total.amount_micro),
    }
    return render_page(request, "portal/ads_reports/given_back.html", context)


@require_GET
@shop_required("money")
def show_clicks(request: HttpRequest, finding_id: int) -> HttpResponse:
    """The views and clicks of one finding; each opens what it had cost, and why."""
    shop_id, finding = visit_of(request).shop.shop_id, find_finding(finding_id)
    if finding is None or finding.shop_id != shop_id or finding.state not in GIVEN:
        raise Http404
    events = list_evidence(finding_id, limit=MOST_EVENTS)
    names = map_campaigns({event.campaign_id for event in events})
    context = {
        "row": describe([finding])[0],
        "events": [describe_event(event, names[event.campaign_id].name) for event in events],
        "hidden": finding.events - len(events),
    }
    return render_page(request, "portal/ads_reports/given_back_clicks.html", context)


def describe(findings: Sequence[FindingView]) -> list[GivenBack]:
    """Findings with their names: two statements."""
    of_finding = map_finding_campaigns([finding.finding_id for finding in findings])
    names = map_campaigns({pk for found in of_finding.values() for pk in found})
    return [
        GivenBack(
            finding=finding,
            reasons=join_reasons(finding.reasons),
            amount=print_micro(finding.amount_micro),
            is_posted=finding.state is FindingState.POSTED,
            campaigns=tuple(names[pk].name for pk in of_finding.get(finding.finding_id, ()) if pk in names),
        )
        for finding in findings
    ]


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Http404 from error


def _read_position(request: HttpRequest, scope: str) -> int | None:
    if not (after := request.GET.get("after")):
        return None
    try:
        (position,) = decode_cursor(after, scope=scope, length=1)
    except BadCursor as error:
        raise Http404 from error
    if not isinstance(position, int):
        raise Http404
    return position
