"""Deeds of finance on findings: one given back or refused, many given back after their sum was confirmed."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from console.access import FINANCE, me, staff_page
from console.advertising.amounts import print_micro
from console.frame import render_page
from console.invalid_clicks.asking import read_asked
from console.invalid_clicks.forms import ApprovalForm, RefusalForm
from console.invalid_clicks.page import FindingRow, describe_findings
from console.invalid_clicks.views import render_finding
from console.lists import read_number
from search.spending.contracts import FindingState
from search.spending.contracts.findings import MOST_AT_ONCE
from search.spending.selectors import map_findings
from search.spending.services import (
    FindingDecided,
    FindingNotFound,
    FindingsChanged,
    approve_finding,
    approve_findings,
    refuse_finding,
)
from web.access import recent_proof_required
from web.toasts import add_toast

REFUSE = "refuse"


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def decide(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Give back what one finding's clicks cost, or let the charge stand with a reason."""
    refuses = request.POST.get("deed") == REFUSE
    approval = ApprovalForm(None if refuses else request.POST)
    refusal = RefusalForm(request.POST if refuses else None)
    form = refusal if refuses else approval
    if not form.is_valid():
        return render_finding(request, finding_id, approval, refusal, status=422)
    deed = refuse_finding if refuses else approve_finding
    try:
        deed(finding_id=finding_id, note=form.cleaned_data["note"], actor_id=me(request), now=timezone.now())
    except (FindingDecided, FindingNotFound):
        add_toast(
            request, gettext("Somebody decided about these clicks meanwhile. This is how it stands now."), bad=True
        )
    else:
        said = gettext("The charge stands. These clicks are not found again.")
        add_toast(request, said if refuses else gettext("Approved. It goes back once its hours are charged."))
    return redirect("console:ads-finding", finding_id)


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def approve_many(request: HttpRequest) -> HttpResponse:
    """Show the sum of what was ticked; once it is confirmed, give all of it back."""
    ticked = [number for text in request.POST.getlist("tick") if (number := read_number(text)) is not None]
    open_rows = [one for one in map_findings(ticked[:MOST_AT_ONCE]).values() if one.state is FindingState.FOUND]
    asked = read_asked(request.GET)
    back = f"{reverse('console:ads-findings')}?{asked.query}"
    if not open_rows:
        add_toast(request, gettext("Nothing is ticked that waits for a decision."), bad=True)
        return redirect(back)
    form = ApprovalForm(request.POST if "amount" in request.POST else None)
    if "amount" in request.POST and form.is_valid() and _approve(request, ticked, form.cleaned_data["note"]):
        return redirect(back)
    rows = describe_findings(open_rows)
    total_micro = sum(row.finding.amount_micro for row in rows)
    context = {
        "rows": rows,
        "shops": _sum_by_shop(rows),
        "amount": print_micro(total_micro),
        "amount_micro": total_micro,
        "form": form,
        "query": asked.query,
        "back": back,
        "left_out": len(set(ticked)) - len(rows),
    }
    return render_page(request, "invalid_clicks/approve.html", context, status=422 if form.errors else 200)


def _approve(request: HttpRequest, finding_ids: Sequence[int], note: str) -> bool:
    """False where what was confirmed is no longer what there is: the page asks again."""
    confirmed = read_number(request.POST["amount"])
    try:
        number = approve_findings(
            finding_ids=finding_ids,
            amount_micro=-1 if confirmed is None else confirmed,
            note=note,
            actor_id=me(request),
            now=timezone.now(),
        )
    except FindingsChanged:
        add_toast(request, gettext("Somebody decided about some of them meanwhile. Look at the sum again."), bad=True)
        return False
    said = ngettext("%(count)s finding is approved.", "%(count)s findings are approved.", number)
    add_toast(request, said % {"count": number})
    return True


def _sum_by_shop(rows: Sequence[FindingRow]) -> list[tuple[FindingRow, int, str]]:
    """A row of each shop (for its name), how many findings it has, and their sum in yuan."""
    groups: dict[int, list[FindingRow]] = {}
    for row in rows:
        groups.setdefault(row.finding.shop_id, []).append(row)
    return [
        (found[0], len(found), print_micro(sum(row.finding.amount_micro for row in found)))
        for _, found in sorted(groups.items())
    ]
