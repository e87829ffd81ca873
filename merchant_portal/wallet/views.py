"""Views of the advertising balance: what is there, topping up at the cashier or from sales, and by itself."""

import secrets
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.ledger.contracts import Code
from billing.ledger.contracts.shop_books import EntryFilter, ShopEntry
from billing.ledger.selectors.shop_books import list_shop_entries
from billing.payments.contracts import ProviderError
from billing.payments.services import NoOwnAccount, PaymentClosed, PaymentExpired
from billing.settlement.selectors import read_shop_money
from billing.wallets.contracts import TopUpSource, TopUpState, TopUpView
from billing.wallets.selectors import (
    TopUpNotFound,
    find_auto_top_up,
    get_top_up,
    get_wallet,
    is_cash_first,
    list_bonuses,
    list_invoices,
    list_top_ups,
)
from billing.wallets.services import (
    KeyReused,
    LessOwed,
    TooManyOpen,
    check_top_up_paid,
    open_top_up,
    set_auto_top_up,
    start_top_up,
    top_up_from_sales,
)
from market.money import DEFAULT_CURRENCY, format_minor
from merchant_portal.access import Visit, shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.money.page import list_movements
from merchant_portal.wallet.forms import AutoForm, TopUpForm, start_auto_form
from merchant_portal.wallet.page import describe_top_up, list_bonus_rows
from web.paging import BadCursor, CursorPage, cut_page, decode_cursor
from web.qr import draw_qr
from web.toasts import add_toast

GATEWAY = "wechatpay"
PAGE = 15
WALLET_CODES = (Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, Code.SLOT_DEFERRED)


@require_GET
@shop_required("money")
def show_wallet(request: HttpRequest) -> HttpResponse:
    """What there is, what came and went, and how to top up."""
    return _show(request, TopUpForm(initial={"key": secrets.token_hex(16)}))


@require_POST
@shop_required("money")
def top_up(request: HttpRequest) -> HttpResponse:
    """Top up from sales at once, or go on to the cashier."""
    form = TopUpForm(request.POST)
    made = _top_up(visit_of(request), form) if form.is_valid() else None
    if made is None:
        return _show(request, form, status=422)
    if made.source is TopUpSource.PAYMENT:
        return redirect("portal:wallet-cashier", made.number)
    taken = format_minor(made.amount_minor)
    add_toast(request, gettext("¥%(sum)s of your sales is now for advertising.") % {"sum": taken})
    return redirect("portal:wallet")


@require_GET
@shop_required("money")
def show_cashier(request: HttpRequest, number: str) -> HttpResponse:
    """One top-up waiting for its money: sum, time left, QR code."""
    one = _find(request, number)
    if one.state is TopUpState.PAID:
        return redirect("portal:wallet")
    now = timezone.now()
    is_over = one.state is TopUpState.CLOSED or (one.expires_at is not None and one.expires_at <= now)
    qr = "" if is_over else _find_qr(one, now)
    context = {"top_up": one, "is_over": is_over, "qr": draw_qr(qr) if qr else "", "qr_content": qr}
    return render_page(request, "portal/wallet/cashier.html", context, status=200 if qr or is_over else 503)


@require_GET
@shop_required("money")
def show_state(request: HttpRequest, number: str) -> HttpResponse:
    """Asked by the cashier every few seconds: nothing to say (204), or where to go on."""
    if _find(request, number).state is not TopUpState.PAID:
        return HttpResponse(status=204)
    _say_paid(request)
    return HttpResponse(headers={"HX-Redirect": reverse("portal:wallet")})


@require_POST
@shop_required("money")
def check_paid(request: HttpRequest, number: str) -> HttpResponse:
    """ "I have paid": asks the provider, for a callback that was late."""
    one = _find(request, number)
    try:
        paid = one.state is TopUpState.PAID or check_top_up_paid(payment_no=one.payment_no, now=timezone.now())
    except ProviderError:
        add_toast(request, gettext("WeChat Pay does not answer. Your money is safe: look again in a minute."), bad=True)
        return redirect("portal:wallet-cashier", number)
    if not paid:
        add_toast(request, gettext("WeChat Pay has not seen your payment yet."))
        return redirect("portal:wallet-cashier", number)
    _say_paid(request)
    return redirect("portal:wallet")


@require_POST
@shop_required("money")
def set_auto(request: HttpRequest) -> HttpResponse:
    """Say when the balance fills itself from sales."""
    visit, form = visit_of(request), AutoForm(request.POST)
    if not form.is_valid():
        return _show(request, TopUpForm(initial={"key": secrets.token_hex(16)}), auto=form, status=422)
    wish = set_auto_top_up(wish=form.wish(visit.shop.shop_id), actor_id=visit.user_id, now=timezone.now())
    add_toast(request, gettext("Saved: it tops itself up.") if wish.is_on else gettext("Saved: it is off."))
    return redirect("portal:wallet")


def _top_up(visit: Visit, form: TopUpForm) -> TopUpView | None:
    typed, now = form.cleaned_data, timezone.now()
    try:
        if typed["source"] == TopUpSource.SALES:
            return top_up_from_sales(
                shop_id=visit.shop.shop_id,
                amount_minor=typed["amount"],
                key=typed["key"],
                actor_id=visit.user_id,
                now=now,
            )
        return open_top_up(
            shop_id=visit.shop.shop_id,
            amount_minor=typed["amount"],
            gateway=GATEWAY,
            key=typed["key"],
            actor_id=visit.user_id,
            now=now,
        )
    except LessOwed as short:
        owed = format_minor(short.owed_minor)
        form.add_error("amount", gettext("We owe you ¥%(owed)s at the moment.") % {"owed": owed})
    except TooManyOpen:
        form.add_error(None, gettext("Several top-ups wait to be paid. Pay one, or wait a quarter of an hour."))
    except NoOwnAccount:
        form.add_error("source", gettext("Nothing can be topped up by WeChat Pay at the moment. Take it from sales."))
    except KeyReused:
        form.add_error(None, gettext("This page was used for another top-up already. Load it again."))
    return None


def _show(request: HttpRequest, form: TopUpForm, *, auto: AutoForm | None = None, status: int = 200) -> HttpResponse:
    shop_id, now = visit_of(request).shop.shop_id, timezone.now()
    page = _read_page(request, shop_id)
    known = find_auto_top_up(shop_id)
    context = {
        "form": form,
        "auto_form": auto or AutoForm(initial=start_auto_form(known)),
        "auto": known,
        "wallet": get_wallet(shop_id),
        "cash_first": is_cash_first(shop_id),
        "owed_minor": read_shop_money(shop_id=shop_id, now=now).free_minor,
        "movements": list_movements(page.items, shop_id=shop_id),
        "next_cursor": page.next_cursor,
        "top_ups": [describe_top_up(one) for one in list_top_ups(shop_id=shop_id, limit=5)],
        "bonuses": list_bonus_rows(list_bonuses(shop_id=shop_id)),
        "invoices": list_invoices(shop_id=shop_id, now=now)[:12],
    }
    return render_page(request, "portal/wallet/wallet.html", context, status=status)


def _read_page(request: HttpRequest, shop_id: int) -> CursorPage[ShopEntry]:
    scope = f"wallet:{shop_id}"
    try:
        after = request.GET.get("after")
        place = decode_cursor(after, scope=scope, length=2) if after else None
        before = (datetime.fromisoformat(str(place[0])), int(place[1] or 0)) if place else None
    except (BadCursor, ValueError) as error:
        raise Http404 from error
    wanted = EntryFilter(codes=WALLET_CODES)
    rows = list_shop_entries(shop_id=shop_id, currency=DEFAULT_CURRENCY, wanted=wanted, before=before, limit=PAGE + 1)
    return cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row.created_at.isoformat(), row.entry_id])


def _find_qr(one: TopUpView, now: datetime) -> str:
    """What to scan; empty while the provider does not answer, or when the payment ended a moment ago."""
    try:
        return start_top_up(payment_no=one.payment_no, now=now).qr_content
    except (ProviderError, PaymentExpired, PaymentClosed):
        return ""


def _say_paid(request: HttpRequest) -> None:
    add_toast(request, gettext("Paid. It is in your advertising balance within a second."))


def _find(request: HttpRequest, number: str) -> TopUpView:
    """One of the chosen shop's top-ups through a provider. Raises `Http404`."""
    try:
        found = get_top_up(shop_id=visit_of(request).shop.shop_id, number=number)
    except TopUpNotFound as error:
        raise Http404 from error
    if found.source is not TopUpSource.PAYMENT:
        raise Http404
    return found
