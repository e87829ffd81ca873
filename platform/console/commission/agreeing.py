"""Agreeing with one shop on when its money is free, and on what is kept back of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance
from billing.settlement.selectors import get_shop_terms, list_reserves
from billing.settlement.services import BadTerms, set_shop_terms
from console.access import FINANCE, me, staff_page
from console.commission.forms import TermsForm, show_terms
from console.frame import render_page
from market.shops.contracts import ShopContext
from market.shops.selectors import ShopNotFound, get_shop
from web.access import recent_proof_required
from web.toasts import add_toast

MOST_RESERVES = 50


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def agree(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The terms of one shop, and what is held of its sales now."""
    shop = _find(shop_id)
    form = TermsForm(request.POST or None, initial=show_terms(get_shop_terms(shop_id)))
    if request.method == "POST" and form.is_valid() and _agree(request, shop, form):
        return redirect("console:shop-terms", shop_id)
    now = timezone.now()
    context = {
        "shop": shop,
        "form": form,
        "terms": get_shop_terms(shop_id),
        "balance": get_balance(code=Code.PAYABLE, owner=Owner.of_shop(shop_id)),
        "reserves": list_reserves(shop_id=shop_id, now=now, limit=MOST_RESERVES),
    }
    return render_page(request, "commission/terms.html", context, status=422 if form.errors else 200)


def _agree(request: HttpRequest, shop: ShopContext, form: TermsForm) -> bool:
    typed = form.cleaned_data
    try:
        set_shop_terms(
            shop_id=shop.shop_id,
            release_days=typed["release_days"],
            reserve_bps=typed["reserve"],
            reserve_days=typed["reserve_days"] or 0,
            note=typed["note"].strip(),
            actor_id=me(request),
            now=timezone.now(),
        )
    except BadTerms as error:
        form.add_error(error.field, _say_problem(error.field))
        return False
    said = gettext("The terms of “%(shop)s” hold for sales that are final from now on.")
    add_toast(request, said % {"shop": shop.name.best(get_language() or "zh-hans")})
    return True


def _say_problem(field: str) -> str:
    return {
        "release_days": gettext("Between 0 and 365 days."),
        "reserve": gettext("A rate is between 0 and 100%."),
        "reserve_days": gettext("A reserve needs a rate and its days, or neither."),
    }[field]


def _find(shop_id: int) -> ShopContext:
    try:
        return get_shop(shop_id)
    except ShopNotFound as error:
        raise Http404 from error
