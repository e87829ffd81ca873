"""Views of checkout and cashier."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.checkout.contracts import CartOwner, PurchaseState, PurchaseView, Quote
from billing.checkout.selectors import PurchaseNotFound, count_pieces, get_purchase
from billing.checkout.services import (
    AlreadyPaid,
    CannotBePaid,
    NothingToPlace,
    PlaceRequest,
    QuoteChanged,
    TooManyShops,
    cancel_unpaid_purchase,
    check_payment,
    place_purchase,
    quote_cart,
    refresh_offers,
    start_paying,
)
from billing.payments.contracts import ProviderError
from billing.payments.services import PaymentClosed, PaymentExpired
from market.accounts.contracts import AddressView
from market.accounts.selectors import find_address, list_addresses
from market.shops.selectors import map_shops
from storefront.cart.owner import remember
from storefront.checkout.forms import CheckoutForm, new_key, read_form
from storefront.checkout.page import read_checkout_page
from tenants.orders.contracts import PaymentMethod, ShipTo
from web.access import sign_in_required
from web.qr import draw_qr
from web.toasts import add_toast


@never_cache
@sign_in_required
@require_http_methods(["GET", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """The ticked lines with address, freight and the whole price; POST places the purchase."""
    if request.method == "POST":
        return _place(request, read_form(request.POST))
    quote = quote_cart(owner=_owner(request))
    if not quote.shops:
        return _send_to_cart(request)
    return _show(request, quote, CheckoutForm(new_key(), quote.digest, 0, PaymentMethod.WECHATPAY, {}))


@never_cache
@sign_in_required
@require_GET
def show_cashier(request: HttpRequest, purchase_no: str) -> HttpResponse:
    """One purchase waiting for its money: sum, time left, QR code."""
    purchase = _find(request, purchase_no)
    if purchase.state is not PurchaseState.WAITING:
        return redirect(_after(purchase))
    now = timezone.now()
    is_over = purchase.expires_at is not None and purchase.expires_at <= now
    qr = "" if is_over else _find_qr(purchase, now)
    context = {"purchase": purchase, "is_over": is_over, "qr": draw_qr(qr) if qr else "", "qr_content": qr}
    return render(request, "storefront/checkout/cashier.html", context, status=200 if qr or is_over else 503)


@never_cache
@sign_in_required
@require_GET
def show_state(request: HttpRequest, purchase_no: str) -> HttpResponse:
    """Asked by the cashier every few seconds: nothing to say (204), or where to go on."""
    purchase = _find(request, purchase_no)
    if purchase.state is PurchaseState.WAITING:
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Redirect": _after(purchase)})


@sign_in_required
@require_POST
def check_paid(request: HttpRequest, purchase_no: str) -> HttpResponse:
    """ "I have paid": asks the provider, for a callback that was late."""
    purchase = _find(request, purchase_no)
    if purchase.state is PurchaseState.WAITING:
        try:
            check_payment(payment_no=purchase.payment_no, now=timezone.now())
        except ProviderError:
            add_toast(
                request, gettext("WeChat Pay does not answer. Your money is safe: look again in a minute."), bad=True
            )
        purchase = _find(request, purchase_no)
    if purchase.state is PurchaseState.WAITING:
        add_toast(request, gettext("WeChat Pay has not seen your payment yet."))
        return redirect("storefront:cashier", purchase_no)
    return redirect(_after(purchase))


@sign_in_required
@require_POST
def cancel_purchase(request: HttpRequest, purchase_no: str) -> HttpResponse:
    """Give an unpaid purchase up; its stock is free at once."""
    try:
        cancel_unpaid_purchase(purchase_no=purchase_no, buyer_id=_me(request), now=timezone.now())
    except PurchaseNotFound as error:
        raise Http404 from error
    except AlreadyPaid:
        add_toast(request, gettext("This purchase is already paid. Cancel its orders one by one."))
    except ProviderError:
        add_toast(
            request,
            gettext("WeChat Pay does not answer, so nothing is cancelled yet. Do it again in a minute."),
            bad=True,
        )
        return redirect("storefront:cashier", purchase_no)
    return redirect("storefront:orders")


def _find_qr(purchase: PurchaseView, now: datetime) -> str:
    """What to scan; empty while the provider does not answer, or when the payment ended a moment ago."""
    try:
        return start_paying(payment_no=purchase.payment_no, now=now).qr_content
    except (ProviderError, PaymentExpired, PaymentClosed):
        return ""


def _place(request: HttpRequest, form: CheckoutForm) -> HttpResponse:
    address = find_address(user_id=_me(request), address_id=form.address_id)
    if address is None:
        return _show(request, quote_cart(owner=_owner(request)), form, problem="address")
    wanted = PlaceRequest(
        buyer_id=_me(request),
        key=form.key,
        quote_digest=form.digest,
        method=form.method,
        ship_to=_ship_to(address),
        notes=form.notes,
    )
    try:
        purchase = place_purchase(request=wanted, now=timezone.now())
    except NothingToPlace:
        return _send_to_cart(request)
    except QuoteChanged as changed:
        return _show(request, changed.quote, form, problem="changed")
    except TooManyShops:
        return _show(request, quote_cart(owner=_owner(request)), form, problem="shops")
    except CannotBePaid as error:
        name = error.shop.name.best(get_language() or "zh-hans")
        return _show(request, quote_cart(owner=_owner(request)), form, problem="method", shop_name=name)
    response = redirect(_after(purchase))
    remember(response, _owner(request), count_pieces(_owner(request)))
    return response


def _show(
    request: HttpRequest, quote: Quote, form: CheckoutForm, *, problem: str = "", shop_name: str = ""
) -> HttpResponse:
    addresses = list_addresses(_me(request))
    page = read_checkout_page(quote, form, addresses)
    # Today's prices are shown now: what the buyer agrees to next is measured against them.
    refresh_offers(owner=_owner(request), offers=page.refreshed_offers)
    context = {
        "page": page,
        "quote": quote,
        "form": form,
        "stalls": map_shops(request.epochs),  # type: ignore[attr-defined]
        "problem": problem,
        "shop_name": shop_name,
    }
    return render(request, "storefront/checkout/checkout.html", context, status=409 if problem else 200)


def _send_to_cart(request: HttpRequest) -> HttpResponse:
    """Nothing is ticked. An empty cart says so by itself."""
    if count_pieces(_owner(request)):
        add_toast(request, gettext("Tick what you want to buy first."), bad=True)
    return redirect("storefront:cart")


def _ship_to(address: AddressView) -> ShipTo:
    return ShipTo(address.recipient, address.phone, address.region, address.street, address.postcode)


def _find(request: HttpRequest, purchase_no: str) -> PurchaseView:
    try:
        return get_purchase(purchase_no=purchase_no, buyer_id=_me(request))
    except PurchaseNotFound as error:
        raise Http404 from error


def _after(purchase: PurchaseView) -> str:
    if purchase.state is PurchaseState.WAITING:
        return reverse("storefront:cashier", args=[purchase.purchase_no])
    if purchase.state is PurchaseState.CLOSED or len(purchase.shares) > 1:
        return reverse("storefront:orders") + (
            "?tab=cancelled" if purchase.state is PurchaseState.CLOSED else "?paid=1"
        )
    return reverse("storefront:order", args=[purchase.shares[0].share_no])


def _owner(request: HttpRequest) -> CartOwner:
    return CartOwner(user_id=_me(request))


def _me(request: HttpRequest) -> int:
    assert request.user.is_authenticated
    return int(request.user.pk)
