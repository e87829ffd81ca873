"""Deeds of finance: a file uploaded or asked for, a difference decided on. Each behind a recent proof."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from billing.ledger.rules import SuspenseExit
from billing.settlement.contracts.reconciling import BadStatement, FindingState, FindingView
from billing.settlement.selectors.reconciling import find_finding, find_run_of
from billing.settlement.selectors.reconciling_items import business_zone
from billing.settlement.services.reconciling_fetching import DayOutOfReach, ask_for_fetch, list_fetched_providers
from billing.settlement.services.reconciling_files import receive_statement
from billing.settlement.services.reconciling_findings import (
    FindingDecided,
    clear_finding,
    explain_finding,
    suspend_finding,
)
from console.access import FINANCE, me, staff_page
from console.frame import render_page
from console.reconciling.forms import SUSPEND, ClearingForm, DecisionForm, UploadForm, WhichForm
from console.reconciling.words import explain_refusal
from market.media.services import DocumentTooLarge
from web.access import recent_proof_required
from web.toasts import add_toast


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take in a file that somebody downloaded from the provider."""
    form = UploadForm(request.POST or None, request.FILES or None, today=_today())
    if request.method == "POST" and form.is_valid():
        statement_id = _receive(request, form)
        if statement_id is not None:
            return _lead_on(request, statement_id)
    return render_page(request, "reconciling/upload.html", {"form": form}, status=422 if form.errors else 200)


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def fetch(request: HttpRequest) -> HttpResponse:
    """Have a day's file fetched from the provider, now or once more."""
    providers = list_fetched_providers()
    form = WhichForm(request.POST or None, today=_today(), fetched=providers)
    if request.method == "POST" and form.is_valid() and _ask(request, form):
        add_toast(request, gettext("It is fetched within a minute and appears here once it is compared."))
        return redirect("console:reconciliation")
    context = {"form": form, "providers": providers}
    return render_page(request, "reconciling/fetch.html", context, status=422 if form.errors else 200)


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Explain an open difference or move it into suspense; clear one that stands there."""
    finding = find_finding(finding_id)
    if finding is None:
        raise Http404
    if finding.state not in (FindingState.OPEN, FindingState.SUSPENDED):
        add_toast(request, gettext("It is decided already."), bad=True)
        return redirect("console:finding", finding_id)
    suspended = finding.state is FindingState.SUSPENDED
    form = (
        ClearingForm(request.POST or None)
        if suspended
        else DecisionForm(request.POST or None, may_suspend=finding.may_be_suspended)
    )
    if request.method == "POST" and form.is_valid():
        _carry_out(request, finding, form.cleaned_data)
        return redirect("console:finding", finding_id)
    context = {"finding": finding, "form": form, "suspended": suspended}
    return render_page(request, "reconciling/decide.html", context, status=422 if form.errors else 200)


def _carry_out(request: HttpRequest, finding: FindingView, typed: dict[str, str]) -> None:
    options = {
        "finding_id": finding.finding_id,
        "reason": typed["reason"],
        "actor_id": me(request),
        "now": timezone.now(),
    }
    try:
        if "exit" in typed:
            clear_finding(exit=SuspenseExit(typed["exit"]), **options)  # type: ignore[arg-type]
            add_toast(request, gettext("It leaves suspense: the posting is in the books within a second."))
        elif typed["deed"] == SUSPEND:
            suspend_finding(**options)  # type: ignore[arg-type]
            add_toast(request, gettext("It stands in suspense: the posting is in the books within a second."))
        else:
            explain_finding(**options)  # type: ignore[arg-type]
            add_toast(request, gettext("Explained. It is off the list."))
    except FindingDecided:
        add_toast(request, gettext("Somebody, or a later file, was quicker."), bad=True)


def _receive(request: HttpRequest, form: UploadForm) -> int | None:
    psp, kind = form.statement
    file = form.cleaned_data["file"]
    try:
        return receive_statement(
            psp=psp,
            kind=kind,
            day=form.cleaned_data["day"],
            content=file.read(),
            file_name=str(file.name or ""),
            uploaded_by=me(request),
            now=timezone.now(),
        )
    except BadStatement as error:
        form.add_error("file", explain_refusal(error.code, error.row, error.column, error.params))
    except DocumentTooLarge:
        form.add_error("file", gettext("The file is larger than 20 MB. Pack it by gzip first."))
    return None


def _lead_on(request: HttpRequest, statement_id: int) -> HttpResponse:
    run = find_run_of(statement_id)
    if run is None:
        add_toast(request, gettext("It is large: it is loaded in the background."))
        return redirect("console:statement", statement_id)
    add_toast(
        request,
        gettext("Compared: %(matched)s of %(lines)s lines match.") % {"matched": run.matched, "lines": run.lines},
    )
    return redirect("console:reconciliation-run", run.run_id)


def _ask(request: HttpRequest, form: WhichForm) -> bool:
    psp, kind = form.statement
    try:
        ask_for_fetch(psp=psp, kind=kind, day=form.cleaned_data["day"], actor_id=me(request), now=timezone.now())
    except DayOutOfReach:
        form.add_error("day", gettext("The provider keeps its files for three months. Upload an older one."))
        return False
    return True


def _today() -> date:
    return timezone.now().astimezone(business_zone()).date()
