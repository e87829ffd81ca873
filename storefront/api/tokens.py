"""The page of a person's own tokens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from market.shops.contracts import Scope
from market.shops.tokens import TokenNotFound, revoke_token
from web.access import recent_proof_required
from web.api.token_pages import TokenForm, list_rows, make_from
from web.toasts import add_toast


@never_cache
@recent_proof_required
@require_http_methods(["GET", "POST"])
def show_tokens(request: HttpRequest) -> HttpResponse:
    """The living tokens, and a form for one more. The secret is in the answer to the form and nowhere else."""
    me, words = _me(request), _name_scopes()
    form, secret = TokenForm(request.POST or None, scopes=words), ""
    if request.method == "POST" and form.is_valid():
        secret = make_from(form, user_id=me, shop_id=None, now=timezone.now())
    rows = list_rows(user_id=me, shop_id=None, scopes=words, now=timezone.now())
    context = {"form": TokenForm(scopes=words) if secret else form, "secret": secret, "rows": rows}
    return render(request, "storefront/api/tokens.html", context, status=422 if form.errors else 200)


@recent_proof_required
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token at once."""
    try:
        revoke_token(token_id=token_id, user_id=_me(request), shop_id=None, now=timezone.now())
    except TokenNotFound as error:
        raise Http404 from error
    add_toast(request, gettext("The token is revoked. Nothing opens with it any more."))
    return redirect("account-tokens")


def _name_scopes() -> dict[Scope, str]:
    return {
        Scope.CART: gettext("See and change the cart"),
        Scope.ORDERS: gettext("Buy; see orders and addresses"),
    }


def _me(request: HttpRequest) -> int:
    assert request.user.is_authenticated
    return int(request.user.pk)
