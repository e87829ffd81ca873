"""The search of the bar: a number or a shop's address leads straight to its page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from billing.checkout.selectors import find_purchase
from billing.ledger.selectors import get_transaction
from billing.settlement.selectors.reconciling import find_finding
from console.access import staff_page
from console.lists import read_number, read_text
from market.shops.selectors import find_shop_by_slug


@staff_page()
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """To the purchase, share, shop or transaction (`T-123`) that is named; else to purchases that begin so."""
    typed = "".join(read_text(request, "q", 60).split())
    finding_id = read_number(typed.lower().removeprefix("finding-")) if typed.lower().startswith("finding-") else None
    if finding_id and find_finding(finding_id) is not None:
        return redirect("console:finding", finding_id)
    transaction_id = read_number(typed.upper().removeprefix("T-"))
    if transaction_id and get_transaction(transaction_id) is not None:
        return redirect("console:transaction", transaction_id)
    purchase = find_purchase(typed.upper().partition("-")[0])
    if purchase is not None:
        return redirect("console:purchase", purchase.purchase_no)
    shop = find_shop_by_slug(typed) if typed else None
    if shop is not None:
        return redirect("console:shop", shop.shop_id)
    return redirect(f"{reverse('console:purchases')}?{urlencode({'q': typed})}")
