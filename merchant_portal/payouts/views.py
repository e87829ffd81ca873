"""Views of payouts: what is free, asking for it, one payout's way, and the account it goes to."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.payments.selectors import list_merchant_accounts
from billing.payments.services import NoMerchantAccount
from billing.settlement.contracts.payouts import ChannelName, PayoutState, PayoutView
from billing.settlement.selectors import PayoutNotFound, find_bank_account, get_payout, list_payouts, read_shop_money
from billing.settlement.services import (
    AccountChangedMeanwhile,
    BadBankAccount,
    BadPayoutAmount,
    NotEnough,
    NotRetriable,
    PayoutKeyReused,
    PayoutRefused,
    WrongState,
    ask_payout,
    cancel_payout,
    retry_payout,
    set_bank_account,
)
from market.money import format_minor
from merchant_portal.access import Visit, shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.payouts.forms import AskForm, BankAccountForm, start_account_form
from merchant_portal.payouts.page import describe, list_book_lines, list_steps, say_why_not
from web.access import recent_proof_required
from web.paging import BadCursor, cut_page, decode_cursor
from web.toasts import add_toast

PAGE = 30
PROVIDER = ChannelName.WECHATPAY.value


@require_GET
@shop_required("money")
def show_payouts(request: HttpRequest) -> HttpResponse:
    """What is free, and every payout, newest first."""
    return _show(request, AskForm(initial={"key": secrets.token_hex(16)}))


@require_POST
@shop_required("money")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an amount, or for all of it."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    payout = _ask(visit_of(request), form)
    if payout is None:
        return _show(request, form, status=422)
    amount = format_minor(payout.amount_minor, payout.currency)
    add_toast(request, gettext("¥%(amount)s is set aside. Two people of ours look at it next.") % {"amount": amount})
    return redirect("portal:payout", payout.number)


@require_GET
@shop_required("money")
def show_payout(request: HttpRequest, payout_no: str) -> HttpResponse:
    """One payout's way, step by step, with what it did in the books."""
    payout = _find(request, payout_no)
    context = {
        "row": describe(payout),
        "payout": payout,
        "steps": list_steps(payout),
        "book_lines": list_book_lines(payout),
        "can_cancel": payout.state is PayoutState.ASKED,
        "can_retry": payout.state is PayoutState.FAILED and not payout.retried_by,
    }
    return render_page(request, "portal/payouts/payout.html", context)


@require_POST
@shop_required("money")
def cancel(request: HttpRequest, payout_no: str) -> HttpResponse:
    """Think better of it, before it is approved."""
    visit, payout = visit_of(request), _find(request, payout_no)
    try:
        cancel_payout(shop_id=visit.shop.shop_id, number=payout.number, actor_id=visit.user_id, now=timezone.now())
    except WrongState:
        add_toast(request, gettext("It has gone on meanwhile, so it can no longer be called off here."), bad=True)
    else:
        add_toast(request, gettext("Called off. The money is in your balance again."))
    return redirect("portal:payout", payout.number)


@require_POST
@shop_required("money")
def retry(request: HttpRequest, payout_no: str) -> HttpResponse:
    """Ask once more for what failed, to where the shop is paid now."""
    visit, payout = visit_of(request), _find(request, payout_no)
    try:
        again = retry_payout(
            shop_id=visit.shop.shop_id, number=payout.number, actor_id=visit.user_id, now=timezone.now()
        )
    except PayoutRefused as refused:
        add_toast(request, " ".join(say_why_not(refused.verdict)), bad=True)
    except (NotEnough, NotRetriable):
        add_toast(request, gettext("It cannot be asked for again: look at your balance and ask anew."), bad=True)
    else:
        add_toast(request, gettext("Asked for again."))
        return redirect("portal:payout", again.number)
    return redirect("portal:payout", payout.number)


@shop_required("money")
@recent_proof_required
@require_http_methods(["GET", "POST"])
def edit_account(request: HttpRequest) -> HttpResponse:
    """Where the shop is paid to; a change waits a day."""
    visit = visit_of(request)
    account = find_bank_account(visit.shop.shop_id)
    form = BankAccountForm(request.POST or None, initial=start_account_form(account))
    if request.method == "POST" and form.is_valid() and _save_account(visit, form):
        add_toast(request, gettext("Saved. Payouts to a new account begin after 24 hours; your team was written to."))
        return redirect("portal:payouts")
    context = {"form": form, "account": account, "now": timezone.now()}
    return render_page(request, "portal/payouts/account.html", context, status=422 if form.errors else 200)


def _ask(visit: Visit, form: AskForm) -> PayoutView | None:
    typed = form.cleaned_data
    try:
        return ask_payout(
            shop_id=visit.shop.shop_id,
            channel=ChannelName(typed["channel"]),
            amount_minor=typed["amount"],
            actor_id=visit.user_id,
            key=typed["key"],
            now=timezone.now(),
        )
    except PayoutRefused as refused:
        for sentence in say_why_not(refused.verdict):
            form.add_error(None, sentence)
    except NotEnough as short:
        free = format_minor(short.free_minor)
        form.add_error("amount", gettext("You can ask for ¥%(free)s at most.") % {"free": free})
    except BadPayoutAmount:
        form.add_error("amount", gettext("A payout is from ¥1.00 to ¥50,000,000.00."))
    except PayoutKeyReused:
        form.add_error(None, gettext("This page was used for another payout already. Load it again."))
    except NoMerchantAccount:
        form.add_error("channel", gettext("The shop has no account at WeChat Pay yet."))
    return None


def _save_account(visit: Visit, form: BankAccountForm) -> bool:
    try:
        set_bank_account(shop_id=visit.shop.shop_id, draft=form.draft(), actor_id=visit.user_id, now=timezone.now())
    except BadBankAccount as refused:
        for problem in refused.problems:
            form.note(problem)
        return False
    except AccountChangedMeanwhile:
        form.add_error(None, gettext("Somebody of your team changed it at this moment. Look at it again."))
        return False
    return True


def _show(request: HttpRequest, form: AskForm, *, status: int = 200) -> HttpResponse:
    shop_id, now = visit_of(request).shop.shop_id, timezone.now()
    scope = f"payouts:{shop_id}"
    try:
        after = request.GET.get("after")
        before_id = int(decode_cursor(after, scope=scope, length=1)[0] or 0) if after else None
    except (BadCursor, ValueError) as error:
        raise Http404 from error
    rows = list_payouts(shop_id=shop_id, before_id=before_id, limit=PAGE + 1)
    page = cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row.payout_id])
    context = {
        "form": form,
        "money": read_shop_money(shop_id=shop_id, now=now),
        "rows": [describe(payout) for payout in page.items],
        "next_cursor": page.next_cursor,
        "account": find_bank_account(shop_id),
        "at_provider": shop_id in list_merchant_accounts(shop_ids=[shop_id], gateway=PROVIDER),
        "now": now,
    }
    return render_page(request, "portal/payouts/list.html", context, status=status)


def _find(request: HttpRequest, payout_no: str) -> PayoutView:
    """One of the chosen shop's payouts. Raises `Http404`."""
    try:
        return get_payout(payout_no, shop_id=visit_of(request).shop.shop_id)
    except PayoutNotFound as error:
        raise Http404 from error
