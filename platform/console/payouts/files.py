"""Pages of the bank's files: made, fetched, answered."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.settlement.contracts.payouts import FileProblem, PayoutState
from billing.settlement.rules.bank_file import encode
from billing.settlement.selectors import BatchNotFound, count_payouts, get_batch, list_batches
from billing.settlement.services import BadAnswerFile, NothingToSend, fetch_batch_file, make_batch, take_answers
from console.access import FINANCE, me, staff_page
from console.frame import render_page
from console.lists import PAGE, cut, read_position
from console.payouts.forms import AnswerFileForm
from console.payouts.words import say_problem
from market.accounts.selectors import list_people_by_ids
from market.shops.selectors import list_shops_by_ids
from web.access import recent_proof_required
from web.toasts import add_toast


@staff_page()
@require_GET
def show_files(request: HttpRequest) -> HttpResponse:
    """Every file for the bank, newest first."""
    return _show_files(request, AnswerFileForm())


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def make_file(request: HttpRequest) -> HttpResponse:
    """One file of every approved payout that the guard lets pass."""
    key = request.POST.get("key", "")[:64] or secrets.token_hex(16)
    try:
        batch = make_batch(actor_id=me(request), key=key, now=timezone.now())
    except NothingToSend:
        add_toast(
            request, gettext("No approved payout goes to the bank. Those the guard holds back say why."), bad=True
        )
        return redirect("console:payout-files")
    add_toast(request, gettext("The file is made. Fetch it and hand it to the bank."))
    return redirect("console:payout-file", batch.number)


@staff_page()
@require_GET
def show_file(request: HttpRequest, batch_no: str) -> HttpResponse:
    """One file with its payouts, and how many of them the bank has answered."""
    try:
        batch, payouts = get_batch(batch_no)
    except BatchNotFound as error:
        raise Http404 from error
    context = {
        "batch": batch,
        "payouts": payouts,
        "shops": list_shops_by_ids({payout.shop_id for payout in payouts}),
        "people": list_people_by_ids([batch.made_by]),
        "failed": sum(payout.state is PayoutState.FAILED for payout in payouts),
    }
    return render_page(request, "payouts/file.html", context)


@staff_page(*FINANCE)
@recent_proof_required
@require_GET
def download(request: HttpRequest, batch_no: str) -> HttpResponse:
    """The file itself, with whole account numbers: who fetched it is written down."""
    try:
        batch, content = fetch_batch_file(number=batch_no, actor_id=me(request), now=timezone.now())
    except BatchNotFound as error:
        raise Http404 from error
    disposition = f'attachment; filename="{batch.number}.csv"'
    return HttpResponse(
        encode(content), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition}
    )


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Take the bank's answers, all of the file or nothing of it."""
    form = AnswerFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_files(request, form, status=422)
    try:
        batch_no, count = take_answers(content=form.read(), actor_id=me(request), now=timezone.now())
    except BadAnswerFile as refused:
        return _show_files(request, form, refused.problems, status=422)
    add_toast(request, gettext("%(count)s answers are recorded.") % {"count": count})
    return redirect("console:payout-file", batch_no)


def _show_files(
    request: HttpRequest, form: AnswerFileForm, problems: tuple[FileProblem, ...] = (), *, status: int = 200
) -> HttpResponse:
    rows = list_batches(before_id=read_position(request, "payout-files"), limit=PAGE + 1)
    page = cut(rows, "payout-files", lambda row: row[0])
    batches = [batch for _, batch in page.items]
    context = {
        "form": form,
        "problems": [(problem, say_problem(problem)) for problem in problems],
        "batches": batches,
        "people": list_people_by_ids({batch.made_by for batch in batches}),
        "approved": count_payouts()["approved"],
        "key": secrets.token_hex(16),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "payouts/files.html", context, status=status)
