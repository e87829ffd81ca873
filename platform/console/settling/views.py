"""Views of settling: releases to shops, cash that carriers still hold, and what providers paid us."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, list_transactions
from billing.ledger.services import KeyReused
from billing.payments.rules import name_own_psp
from billing.settlement.contracts import ReleaseView
from billing.settlement.selectors import find_release, list_cash_to_come, list_releases
from billing.settlement.services import (
    BadAmount,
    NoCashExpected,
    bank_account,
    record_cash_remitted,
    record_provider_settled,
)
from console.access import FINANCE, me, staff_page
from console.deeds import GATEWAY
from console.frame import render_page
from console.lists import PAGE, cut, read_position
from console.settling.forms import RemittanceForm, SettlementForm
from console.shops.naming import read_shop
from market.money import format_minor
from market.shops.selectors import list_shops_by_ids
from web.access import recent_proof_required
from web.toasts import add_toast

LATEST = 10


@staff_page()
@require_GET
def show_releases(request: HttpRequest) -> HttpResponse:
    """Where each share's money is on its way to the shop, newest first."""
    asked_shop = read_shop(request.GET)
    scope = f"releases:{asked_shop.typed}"
    rows = list_releases(shop_id=asked_shop.shop_id, before_id=read_position(request, scope), limit=PAGE + 1)
    page = cut(rows, scope, lambda row: row[0])
    releases = [release for _, release in page.items]
    context = {
        "asked_shop": asked_shop,
        "releases": releases,
        "shops": list_shops_by_ids({release.shop_id for release in releases}),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "settling/releases.html", context)


@staff_page()
@require_GET
def show_cash(request: HttpRequest) -> HttpResponse:
    """Parcels whose cash a carrier still holds, oldest first."""
    releases = list_cash_to_come()
    by_carrier: dict[str, int] = {}
    for release in releases:
        by_carrier[release.carrier] = by_carrier.get(release.carrier, 0) + release.total_minor
    context = {
        "releases": releases,
        "by_carrier": sorted(by_carrier.items(), key=lambda pair: -pair[1])[:4],
        "total_minor": sum(release.total_minor for release in releases),
        "shops": list_shops_by_ids({release.shop_id for release in releases}),
    }
    return render_page(request, "settling/cash.html", context)


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def record_cash(request: HttpRequest, share_no: str) -> HttpResponse:
    """Note that a carrier paid a parcel's cash, less its fee."""
    release = _find_expected(share_no)
    if release is None:
        add_toast(request, gettext("No carrier owes cash for this order: it was recorded already."), bad=True)
        return redirect("console:cash")
    form = RemittanceForm(request.POST or None, initial={"bank_account": bank_account(), "fee": "0.00"})
    if request.method == "POST" and form.is_valid() and _record_remittance(request, release, form):
        return redirect("console:cash")
    context = {"release": release, "form": form, "shop": list_shops_by_ids([release.shop_id]).get(release.shop_id)}
    return render_page(request, "settling/remittance.html", context, status=422 if form.errors else 200)


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def record_settlement(request: HttpRequest) -> HttpResponse:
    """Note that the provider paid our commission into our bank."""
    form = SettlementForm(request.POST or None, initial={"bank_account": bank_account()})
    if request.method == "POST" and form.is_valid() and _record_settlement(request, form):
        return redirect("console:settlement")
    context = {
        "form": form,
        "owed": get_balance(code=Code.PSP_RECEIVABLE, owner=Owner.of_psp(GATEWAY)),
        "own": get_balance(code=Code.PSP_RECEIVABLE, owner=Owner.of_psp(name_own_psp(GATEWAY))),
        "settlements": list_transactions(kind="provider_settled", limit=LATEST),
    }
    return render_page(request, "settling/settlement.html", context, status=422 if form.errors else 200)


def _record_remittance(request: HttpRequest, release: ReleaseView, form: RemittanceForm) -> bool:
    typed = form.cleaned_data
    try:
        record_cash_remitted(
            share_no=release.share_no,
            fee_minor=typed["fee"],
            bank_account=typed["bank_account"],
            actor_id=me(request),
            now=timezone.now(),
        )
    except BadAmount:
        most = format_minor(release.total_minor, release.currency)
        form.add_error("fee", gettext("The fee cannot be more than the cash, ¥%(most)s.") % {"most": most})
        return False
    except NoCashExpected:
        add_toast(request, gettext("No carrier owes cash for this order: it was recorded already."), bad=True)
        return True
    arrived = format_minor(release.total_minor - typed["fee"], release.currency)
    add_toast(request, gettext("¥%(sum)s for %(order)s is recorded.") % {"sum": arrived, "order": release.share_no})
    return True


def _record_settlement(request: HttpRequest, form: SettlementForm) -> bool:
    typed = form.cleaned_data
    try:
        record_provider_settled(
            psp=typed["account"],
            reference=typed["reference"],
            amount_minor=typed["amount"],
            bank_account=typed["bank_account"],
            actor_id=me(request),
            now=timezone.now(),
        )
    except KeyReused:
        form.add_error(
            "reference", gettext("This reference was recorded with another amount or account. Check the statement.")
        )
        return False
    add_toast(request, gettext("¥%(sum)s from WeChat Pay is recorded.") % {"sum": format_minor(typed["amount"])})
    return True


def _find_expected(share_no: str) -> ReleaseView | None:
    """The share whose cash is to come; None when nothing is. Raises `Http404` for a number that never was one."""
    release = find_release(share_no)
    if release is None:
        raise Http404
    expected = release.method == "cod" and release.cash_at is None and release.carrier != "self"
    return release if expected else None
