"""The page of the shop's tokens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from market.shops.contracts import Scope
from market.shops.tokens import TokenNotFound, revoke_token
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import render_page
from web.access import recent_proof_required
from web.api.token_pages import TokenForm, list_rows, make_from
from web.api.tokens import MAKERS_RIGHT
from web.toasts import add_toast


@recent_proof_required
@require_http_methods(["GET", "POST"])
@shop_required(MAKERS_RIGHT)
def show_tokens(request: HttpRequest) -> HttpResponse:
    """The shop's living tokens, and a form for one more. The secret is in the answer to the form and nowhere else."""
    visit, words = visit_of(request), _name_scopes()
    form, secret = TokenForm(request.POST or None, scopes=words), ""
    if request.method == "POST" and form.is_valid():
        secret = make_from(form, user_id=visit.user_id, shop_id=visit.shop.shop_id, now=timezone.now())
    rows = list_rows(user_id=visit.user_id, shop_id=visit.shop.shop_id, scopes=words, now=timezone.now())
    context = {"form": TokenForm(scopes=words) if secret else form, "secret": secret, "rows": rows}
    return render_page(request, "portal/settings/tokens.html", context, status=422 if form.errors else 200)


@recent_proof_required
@require_POST
@shop_required(MAKERS_RIGHT)
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token of the shop at once, whoever made it."""
    visit = visit_of(request)
    try:
        revoke_token(token_id=token_id, user_id=visit.user_id, shop_id=visit.shop.shop_id, now=timezone.now())
    except TokenNotFound as error:
        raise Http404 from error
    add_toast(request, gettext("The token is revoked. Nothing opens with it any more."))
    return redirect("shop-tokens")


def _name_scopes() -> dict[Scope, str]:
    return {
        Scope.GOODS_READ: gettext("See goods"),
        Scope.GOODS_WRITE: gettext("Change goods"),
        Scope.STOCK_READ: gettext("See stock"),
        Scope.STOCK_WRITE: gettext("Change stock"),
        Scope.SALES_READ: gettext("See orders, with names and addresses"),
        Scope.SALES_WRITE: gettext("Send, deliver and refund orders"),
        Scope.ADS_READ: gettext("See campaigns"),
        Scope.ADS_WRITE: gettext("Make and change campaigns, which spend money"),
        Scope.WALLET_READ: gettext("See the advertising balance and its invoices"),
        Scope.WALLET_WRITE: gettext("Top up the advertising balance, from sales too"),
    }
