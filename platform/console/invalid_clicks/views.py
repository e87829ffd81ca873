"""Views of findings: the list, its file, and one of them with its evidence."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from billing.ledger.contracts import TransactionView
from billing.ledger.selectors import find_transaction
from billing.settlement.services.days import business_date
from console.access import staff_page
from console.advertising.amounts import print_micro
from console.frame import render_page
from console.invalid_clicks.asking import list_tabs, read_asked
from console.invalid_clicks.files import write_csv
from console.invalid_clicks.forms import ApprovalForm, RefusalForm
from console.invalid_clicks.page import describe_events, describe_findings, draw_hours, list_clues
from console.invalid_clicks.words import list_reasons
from console.lists import PAGE, cut, read_position
from market.accounts.selectors import list_people_by_ids
from search.campaigns.selectors import map_campaigns
from search.spending.contracts import CreditPostingView, FindingState
from search.spending.selectors import (
    count_open_findings,
    find_finding,
    list_credit_postings,
    list_evidence,
    list_findings,
    sum_findings,
)

MOST_EVENTS = 300


@staff_page()
@require_GET
def show_findings(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, or what the filters ask for, the latest first."""
    asked = read_asked(request.GET)
    rows = list_findings(asked.wanted, before=read_position(request, asked.scope), limit=PAGE + 1)
    page = cut(rows, asked.scope, lambda finding: finding.finding_id)
    total = sum_findings(asked.wanted)
    context = {
        "asked": asked,
        "tabs": list_tabs(asked, count_open_findings()),
        "reasons": list_reasons(),
        "rows": describe_findings(page.items),
        "next_cursor": page.next_cursor,
        "total": total,
        "amount": print_micro(total.amount_micro),
        "may_tick": any(finding.state is FindingState.FOUND for finding in page.items),
    }
    return render_page(request, "invalid_clicks/list.html", context)


@staff_page()  # type: ignore[arg-type]  # a stream passes wherever a response does
@require_GET
def download_findings(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """What the filters show, as CSV."""
    asked = read_asked(request.GET)
    answer = StreamingHttpResponse(
        write_csv(asked.wanted, get_language() or "zh-hans"), content_type="text/csv; charset=utf-8"
    )
    name = f"invalid-clicks-{business_date(timezone.now()).isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@staff_page()
@require_GET
def show_finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """One finding: what was seen, what it costs, and the decision."""
    return render_finding(request, finding_id, ApprovalForm(), RefusalForm())


def render_finding(
    request: HttpRequest, finding_id: int, approval: ApprovalForm, refusal: RefusalForm, *, status: int = 200
) -> HttpResponse:
    """The page of one finding. Raises `Http404`."""
    finding = find_finding(finding_id)
    if finding is None:
        raise Http404
    events = list_evidence(finding_id, limit=MOST_EVENTS + 1)
    shown = events[:MOST_EVENTS]
    postings = list_credit_postings(finding_id)
    context = {
        "row": describe_findings([finding])[0],
        "clues": list_clues(finding, events),
        "events": describe_events(shown, map_campaigns({event.campaign_id for event in shown})),
        "is_cut": len(events) > MOST_EVENTS,
        "chart": draw_hours(events) if events else None,
        "uncharged": sum(event.charge_id is None for event in events),
        "postings": postings,
        "transactions": list_transactions(postings),
        "decided_by": list_people_by_ids([finding.decided_by]).get(finding.decided_by) if finding.decided_by else None,
        "is_open": finding.state is FindingState.FOUND,
        "approval": approval,
        "refusal": refusal,
    }
    return render_page(request, "invalid_clicks/finding.html", context, status=status)


def list_transactions(postings: Sequence[CreditPostingView]) -> list[TransactionView]:
    """What the ledger has of postings: cash and bonus apart. Less than a fen was not posted at all."""
    keys = [key for posting in postings for key in (posting.key, f"{posting.key}:bonus")]
    return [found for key in keys if (found := find_transaction(key)) is not None]
