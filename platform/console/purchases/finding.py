"""The search of the bar: a number, or a shop's address or name, leads straight to its page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from billing.checkout.selectors import find_purchase
from billing.ledger.selectors import get_transaction
from billing.payments.selectors import find_share_by_transaction
from billing.settlement.selectors import PayoutNotFound, get_payout
from billing.settlement.selectors.reconciling import find_finding
from console.access import staff_page
from console.lists import read_number, read_text
from console.shops.naming import find_shop_id

_FINDING = "finding-"


@staff_page()
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """To what is named, else to purchases that begin so.

    A finding, a transaction (`T-123`), a payout, a purchase or share, a shop, a provider's number of a payment.
    """
    words = read_text(request, "q", 60)
    typed = "".join(words.split())
    for find_page in _FINDERS if typed else ():
        address = find_page(typed)
        if address:
            return redirect(address)
    if shop_id := None if read_number(typed) else find_shop_id(words):
        return redirect("console:shop", shop_id)
    return redirect(f"{reverse('console:purchases')}?{urlencode({'q': typed})}")


def _find_finding(typed: str) -> str:
    finding_id = read_number(typed.lower().removeprefix(_FINDING)) if typed.lower().startswith(_FINDING) else None
    is_there = finding_id and find_finding(finding_id) is not None
    return reverse("console:finding", args=[finding_id]) if is_there else ""


def _find_transaction(typed: str) -> str:
    transaction_id = read_number(typed.upper().removeprefix("T-"))
    is_there = transaction_id and get_transaction(transaction_id) is not None
    return reverse("console:transaction", args=[transaction_id]) if is_there else ""


def _find_payout(typed: str) -> str:
    if not typed.upper().startswith("PO"):
        return ""
    try:
        return reverse("console:payout", args=[get_payout(typed.upper()).number])
    except PayoutNotFound:
        return ""


def _find_purchase(typed: str) -> str:
    purchase = find_purchase(typed.upper().partition("-")[0])
    return reverse("console:purchase", args=[purchase.purchase_no]) if purchase else ""


def _find_by_provider(typed: str) -> str:
    """A provider's number of a payment: to the purchase that its share belongs to."""
    share = find_share_by_transaction(typed)
    return _find_purchase(share.share_no) if share else ""


_FINDERS: tuple[Callable[[str], str], ...] = (
    _find_finding,
    _find_transaction,
    _find_payout,
    _find_purchase,
    _find_by_provider,
)
