"""Pages of payouts: the queue, one payout with the guard's verdict, and what staff do to it."""

from collections.abc import Callable

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.ledger.selectors import list_transactions
from billing.payments.services import NoMerchantAccount
from billing.settlement.contracts.payouts import (
    CarryReport,
    CarryState,
    ChannelName,
    PayoutState,
    PayoutView,
)
from billing.settlement.rules.guard import GuardVerdict
from billing.settlement.selectors import PayoutNotFound, count_payouts, get_payout, list_payouts
from billing.settlement.services import (
    AnsweredOtherwise,
    AnswerIncomplete,
    ApprovedAlready,
    NotInBooksYet,
    OwnPayout,
    PayoutRefused,
    ReasonMissing,
    WrongState,
    approve_payout,
    judge_shop,
    record_bank_answer,
    reject_payout,
    return_payout,
)
from console.access import FINANCE, me, staff_page
from console.frame import render_page
from console.lists import PAGE, cut, read_position
from console.payouts.forms import ArrivedForm, ReasonForm
from console.payouts.words import say_doubt
from console.shops.naming import AskedShop, read_shop
from console.words import PAYOUT_STATES
from market.accounts.selectors import list_people_by_ids
from market.shops.selectors import list_shops_by_ids
from web.access import recent_proof_required
from web.shapes import Tab
from web.toasts import add_toast

TABS: dict[str, tuple[PayoutState, ...]] = {
    "asked": (PayoutState.ASKED,),
    "approved": (PayoutState.APPROVED,),
    "sent": (PayoutState.SENT,),
    "trouble": (),
    "all": (),
}


@staff_page()
@require_GET
def show_payouts(request: HttpRequest) -> HttpResponse:
    """Payouts behind one tab, newest first; of one shop where that is asked for."""
    tab, asked_shop = request.GET.get("tab", "asked"), read_shop(request.GET)
    if tab not in TABS:
        raise Http404
    scope = f"payouts:{tab}:{asked_shop.typed}"
    rows = list_payouts(
        shop_id=asked_shop.shop_id,
        states=TABS[tab],
        only_trouble=tab == "trouble",
        before_id=read_position(request, scope),
        limit=PAGE + 1,
    )
    page = cut(rows, scope, lambda row: row.payout_id)
    counts = count_payouts()
    context = {
        "tab": tab,
        "tabs": [_make_tab(name, tab, counts, asked_shop) for name in TABS],
        "asked_shop": asked_shop,
        "payouts": page.items,
        "shops": list_shops_by_ids({payout.shop_id for payout in page.items}),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "payouts/list.html", context)


@staff_page()
@require_GET
def show_payout(request: HttpRequest, payout_no: str) -> HttpResponse:
    """One payout: what the guard says now, who approved it, what it did in the books."""
    return _show(request, _find(payout_no))


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def approve(request: HttpRequest, payout_no: str) -> HttpResponse:
    """One of the two who say yes."""
    payout = _find(payout_no)
    try:
        approved = approve_payout(number=payout.number, actor_id=me(request), now=timezone.now())
    except PayoutRefused:
        add_toast(request, gettext("The guard has doubts, so nothing was approved. They stand on the page."), bad=True)
    except OwnPayout:
        add_toast(request, gettext("You asked for it or work in that shop: two others have to approve it."), bad=True)
    except ApprovedAlready:
        add_toast(request, gettext("You have approved it. It needs one person more."), bad=True)
    except WrongState:
        add_toast(request, gettext("It has gone on meanwhile. Here is how it stands."), bad=True)
    else:
        whole = approved.state is PayoutState.APPROVED
        add_toast(request, gettext("Approved by two.") if whole else gettext("Approved. One person more is needed."))
    return redirect("console:payout", payout.number)


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def reject(request: HttpRequest, payout_no: str) -> HttpResponse:
    """Stop a payout that was not sent."""

    def deed(payout: PayoutView, form: forms.Form) -> None:
        reason = form.cleaned_data["reason"]
        reject_payout(number=payout.number, reason=reason, actor_id=me(request), now=timezone.now())

    return _do(request, payout_no, ReasonForm, deed, gettext("Stopped. The money is the shop's again."))


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def confirm(request: HttpRequest, payout_no: str) -> HttpResponse:
    """The bank paid it."""

    def deed(payout: PayoutView, form: forms.Form) -> None:
        report = CarryReport(payout.number, CarryState.ARRIVED, form.cleaned_data["reference"])
        record_bank_answer(number=payout.number, report=report, actor_id=me(request), now=timezone.now())

    return _do(request, payout_no, ArrivedForm, deed, gettext("Recorded: the bank paid it."))


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def fail(request: HttpRequest, payout_no: str) -> HttpResponse:
    """The bank did not pay it."""

    def deed(payout: PayoutView, form: forms.Form) -> None:
        report = CarryReport(payout.number, CarryState.FAILED, "", form.cleaned_data["reason"])
        record_bank_answer(number=payout.number, report=report, actor_id=me(request), now=timezone.now())

    return _do(request, payout_no, ReasonForm, deed, gettext("Recorded. The money is the shop's again."))


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def take_back(request: HttpRequest, payout_no: str) -> HttpResponse:
    """The bank sent back what it had paid."""

    def deed(payout: PayoutView, form: forms.Form) -> None:
        reason = form.cleaned_data["reason"]
        return_payout(number=payout.number, reason=reason, actor_id=me(request), now=timezone.now())

    return _do(request, payout_no, ReasonForm, deed, gettext("Recorded. The money is the shop's again."))


def _do(
    request: HttpRequest,
    payout_no: str,
    make_form: type[forms.Form],
    deed: Callable[[PayoutView, forms.Form], None],
    done: str,
) -> HttpResponse:
    payout, form = _find(payout_no), make_form(request.POST)
    if not form.is_valid():
        return _show(request, payout, form, status=422)
    try:
        deed(payout, form)
    except (AnswerIncomplete, ReasonMissing):
        add_toast(request, gettext("A reference or a reason is missing."), bad=True)
    except (WrongState, AnsweredOtherwise):
        add_toast(request, gettext("It has gone on meanwhile. Here is how it stands."), bad=True)
    except NotInBooksYet:
        add_toast(request, gettext("Its posting is not in the books yet. Try again in a moment."), bad=True)
    else:
        add_toast(request, done)
    return redirect("console:payout", payout.number)


def _show(
    request: HttpRequest, payout: PayoutView, form: forms.Form | None = None, *, status: int = 200
) -> HttpResponse:
    verdict = _judge(payout)
    context = {
        "payout": payout,
        "shop": list_shops_by_ids([payout.shop_id]).get(payout.shop_id),
        "people": list_people_by_ids([payout.asked_by, *(approval.actor_id for approval in payout.approvals)]),
        "verdict": verdict,
        "doubts": [say_doubt(finding) for finding in verdict.findings] if verdict else [],
        "postings": list_transactions(subject=payout.number) if payout.in_books else [],
        "wrong_form": form,
        "reason_form": form if isinstance(form, ReasonForm) else ReasonForm(),
        "arrived_form": form if isinstance(form, ArrivedForm) else ArrivedForm(),
        "is_bank": payout.channel is ChannelName.BANK,
    }
    return render_page(request, "payouts/payout.html", context, status=status)


def _judge(payout: PayoutView) -> GuardVerdict | None:
    """What the guard says now; None once there is nothing to decide."""
    if payout.state not in (PayoutState.ASKED, PayoutState.APPROVED):
        return None
    try:
        return judge_shop(
            shop_id=payout.shop_id,
            channel=payout.channel,
            now=timezone.now(),
            amount_minor=payout.amount_minor,
            account_id=payout.account_id,
        )
    except NoMerchantAccount:
        return None


def _make_tab(name: str, current: str, counts: dict[str, int], asked_shop: AskedShop) -> Tab:
    label = {"trouble": gettext("In trouble"), "all": gettext("All payouts")}.get(name) or str(PAYOUT_STATES[name])
    shop = f"&{urlencode({'shop': asked_shop.typed})}" if asked_shop.typed else ""
    return Tab(label, f"{reverse('console:payouts')}?tab={name}{shop}", name == current, counts.get(name))


def _find(payout_no: str) -> PayoutView:
    """Raises `Http404`."""
    try:
        return get_payout(payout_no)
    except PayoutNotFound as error:
        raise Http404 from error
