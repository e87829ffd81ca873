"""Views of reconciliation: the files that were compared, one comparison, the list of differences, one difference."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import find_transaction, get_balance, get_transaction
from billing.settlement.contracts.reconciling import (
    STATEMENT_KINDS,
    FindingKind,
    FindingState,
    FindingView,
    StatementState,
)
from billing.settlement.selectors.reconciling import (
    cleared_key,
    count_findings_of,
    count_unsettled_findings,
    find_finding,
    find_run,
    find_run_of,
    find_statement,
    list_fetches,
    list_findings,
    list_runs,
    list_unfinished_statements,
    suspense_key,
)
from console.access import FINANCE, staff_page
from console.frame import render_page
from console.lists import PAGE, cut, read_position, read_text
from console.reconciling.words import FINDING_KINDS, FINDING_STATES
from console.shops.naming import read_shop
from market.accounts.selectors import list_people_by_ids
from market.jobs.selectors import NoSuchJob, get_job
from market.media.selectors import NoSuchDocument, read_document
from market.shops.selectors import list_shops_by_ids
from web.shapes import Tab

MARKET = 0


@staff_page()
@require_GET
def show_reconciliation(request: HttpRequest) -> HttpResponse:
    """The files that were compared, the newest first, and what could not be fetched or loaded."""
    rows = list_runs(before_id=read_position(request, "reconciliation"), limit=PAGE + 1)
    page = cut(rows, "reconciliation", lambda run: run.run_id)
    now = timezone.now()
    oldest = list_findings(states=[FindingState.OPEN], limit=1)
    context = {
        "runs": page.items,
        "next_cursor": page.next_cursor,
        "unsettled": count_unsettled_findings(),
        "oldest_days": oldest[0].age_days(now) if oldest else None,
        "suspense": get_balance(code=Code.SUSPENSE, owner=Owner.of_psp("wechatpay")),
        "fetches": list_fetches(),
        "unfinished": list_unfinished_statements(),
    }
    return render_page(request, "reconciling/reconciliation.html", context)


@staff_page()
@require_GET
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One comparison with its figures and differences."""
    run = find_run(run_id)
    if run is None:
        raise Http404
    state = _read_state(request.GET.get("state", ""))
    scope = f"run:{run_id}:{state or ''}"
    rows = list_findings(
        run_id=run_id,
        states=[state] if state else (),
        after_id=read_position(request, scope),
        limit=PAGE + 1,
    )
    page = cut(rows, scope, lambda finding: finding.finding_id)
    counts = count_findings_of(run_id)
    context = {
        "run": run,
        "kinds": [(kind, run.counts[kind]) for kind in FindingKind],
        "totals": sorted(run.statement.totals.items()),
        "tabs": _list_tabs(request, state, counts),
        **_describe(page.items),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "reconciling/run.html", context)


@staff_page()
@require_GET
def show_findings(request: HttpRequest) -> HttpResponse:
    """Every difference, the oldest first, with filters: what staff work off."""
    state, kind = _read_state(request.GET.get("state", "open")), _read_kind(request.GET.get("kind", ""))
    psp, asked_shop = read_text(request, "psp", 16), read_shop(request.GET)
    scope = f"findings:{state or ''}:{kind or ''}:{psp}:{asked_shop.typed}"
    rows = list_findings(
        psp=psp,
        shop_id=asked_shop.shop_id,
        kinds=[kind] if kind else (),
        states=[state] if state else (),
        after_id=read_position(request, scope),
        limit=PAGE + 1,
    )
    page = cut(rows, scope, lambda finding: finding.finding_id)
    unsettled = count_unsettled_findings()
    context = {
        "tabs": _list_tabs(request, state, unsettled, default=FindingState.OPEN),
        "state": state,
        "kind": kind,
        "kinds": list(FINDING_KINDS.items()),
        "psp": psp,
        "providers": list(STATEMENT_KINDS),
        "asked_shop": asked_shop,
        **_describe(page.items),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "reconciling/findings.html", context)


@staff_page()
@require_GET
def show_finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """One difference: both sides, what was decided, and its postings."""
    finding = find_finding(finding_id)
    if finding is None:
        raise Http404
    keys = [
        key
        for times in range(1, finding.suspense_raised + 1)
        for key in (suspense_key(finding_id, times), cleared_key(finding_id, times))
    ]
    postings = [found for key in keys if (found := find_transaction(key)) is not None]
    people = list_people_by_ids([finding.decided_by] if finding.decided_by else [])
    context = {
        "finding": finding,
        "run": find_run(finding.run_id),
        "shop": list_shops_by_ids([finding.shop_id]).get(finding.shop_id) if finding.shop_id else None,
        "age_days": finding.age_days(timezone.now()),
        "ours": get_transaction(finding.transaction_id) if finding.transaction_id else None,
        "postings": postings,
        "unposted": finding.suspense_raised and not postings,
        "decided_by": people.get(finding.decided_by or 0),
        "may_decide": finding.state in (FindingState.OPEN, FindingState.SUSPENDED),
    }
    return render_page(request, "reconciling/finding.html", context)


@staff_page()
@require_GET
def show_statement(request: HttpRequest, statement_id: int) -> HttpResponse:
    """How the loading of a file goes on; once it is compared, to the comparison."""
    statement = find_statement(statement_id)
    if statement is None:
        raise Http404
    run = find_run_of(statement_id)
    if run is not None and statement.state is StatementState.LOADED:
        return redirect("console:reconciliation-run", run.run_id)
    context = {"statement": statement, "job": _find_job(statement.job_id)}
    return render_page(request, "reconciling/statement.html", context)


@staff_page(*FINANCE)
@require_GET
def download_statement(request: HttpRequest, statement_id: int) -> HttpResponse:
    """The file as it was kept, packed by gzip."""
    statement = find_statement(statement_id)
    if statement is None or statement.media_id is None:
        raise Http404
    try:
        content = read_document(media_id=statement.media_id, shop_id=MARKET)
    except NoSuchDocument as error:
        raise Http404 from error
    name = f"{statement.psp}-{statement.kind.value}-{statement.day}.csv.gz"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/gzip", headers=headers)


def _find_job(job_id: int | None) -> object:
    try:
        return get_job(job_id=job_id, shop_id=MARKET) if job_id else None
    except NoSuchJob:
        return None


def _describe(findings: Sequence[FindingView]) -> dict[str, object]:
    now = timezone.now()
    return {
        "findings": [(finding, finding.age_days(now)) for finding in findings],
        "shops": list_shops_by_ids({finding.shop_id for finding in findings if finding.shop_id}),
    }


def _read_state(text: str) -> FindingState | None:
    if text in ("", "all"):
        return None
    try:
        return FindingState(text)
    except ValueError as error:
        raise Http404 from error


def _read_kind(text: str) -> FindingKind | None:
    try:
        return FindingKind(text) if text else None
    except ValueError as error:
        raise Http404 from error


def _list_tabs(
    request: HttpRequest,
    current: FindingState | None,
    counts: dict[FindingState, int],
    default: FindingState | None = None,
) -> list[Tab]:
    """Tabs of states over the same filters. `default` is what the page shows without any."""

    def address(state: FindingState | None) -> str:
        query = request.GET.copy()
        query.pop("after", None)
        query["state"] = state.value if state else "all"
        if state is default:
            del query["state"]
        return f"?{query.urlencode()}"

    tabs = [
        Tab(str(FINDING_STATES[state]), address(state), state is current, counts.get(state)) for state in FindingState
    ]
    return [*tabs, Tab(gettext("All"), address(None), current is None, None)]
