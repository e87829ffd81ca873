"""Views of advertising balances: every shop's, and one of them with its bonuses and top-ups."""

import secrets
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.wallets.contracts import BonusSource, BonusView
from billing.wallets.selectors import get_wallet, is_cash_first, list_bonuses, list_top_ups, list_wallets
from billing.wallets.services import KeyReused, grant_bonus, set_payment_order
from console.access import FINANCE, me, staff_page
from console.frame import render_page
from console.lists import PAGE, cut, read_position
from console.shops.naming import read_shop
from console.wallets.forms import BonusForm
from market.accounts.selectors import list_people_by_ids
from market.money import format_minor
from market.shops.selectors import list_shops_by_ids
from search.spending.words import name_reason
from web.access import recent_proof_required
from web.toasts import add_toast

SCOPE = "wallets"
DAYS = 90
LATEST = 20


@staff_page()
@require_GET
def show_wallets(request: HttpRequest) -> HttpResponse:
    """Every advertising balance, in the order of the shops; a shop's number, address or name leads to it."""
    asked_shop = read_shop(request.GET)
    if asked_shop.shop_id and not asked_shop.is_unknown:
        return redirect("console:ad-wallet", asked_shop.shop_id)
    page = cut(
        list_wallets(after_shop_id=read_position(request, SCOPE) or 0, limit=PAGE + 1), SCOPE, lambda row: row.shop_id
    )
    context = {
        "wallets": page.items,
        "shops": list_shops_by_ids({one.shop_id for one in page.items}),
        "next_cursor": page.next_cursor,
        "asked_shop": asked_shop,
    }
    return render_page(request, "wallets/list.html", context)


@staff_page()
@require_GET
def show_wallet(request: HttpRequest, shop_id: int) -> HttpResponse:
    """One shop's balance, bonuses and top-ups."""
    return _show(request, shop_id, BonusForm(initial={"key": secrets.token_hex(16), "days": DAYS}))


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def give_bonus(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Give a shop bonus, with a reason."""
    form = BonusForm(request.POST)
    if not form.is_valid() or (bonus := _give(request, shop_id, form)) is None:
        return _show(request, shop_id, form, status=422)
    said = gettext("¥%(sum)s of bonus is given as %(number)s.")
    add_toast(request, said % {"sum": format_minor(bonus.amount_minor), "number": bonus.number})
    return redirect("console:ad-wallet", shop_id)


@staff_page(*FINANCE)
@recent_proof_required
@require_POST
def set_order(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Set whether cash or bonus pays clicks, views and commission on sales first."""
    if shop_id not in list_shops_by_ids([shop_id]):
        raise Http404
    cash_first = request.POST.get("first") == "cash"
    is_new = set_payment_order(shop_id=shop_id, cash_first=cash_first, actor_id=me(request), now=timezone.now())
    said = gettext("Saved. It holds for what is charged from now on.") if is_new else gettext("It is set so already.")
    add_toast(request, said)
    return redirect("console:ad-wallet", shop_id)


def _give(request: HttpRequest, shop_id: int, form: BonusForm) -> BonusView | None:
    typed, now = form.cleaned_data, timezone.now()
    end = (now + timedelta(days=typed["days"])).replace(hour=15, minute=59, second=59, microsecond=0)
    try:
        return grant_bonus(
            shop_id=shop_id,
            amount_minor=typed["amount"],
            expires_at=max(end, now + timedelta(hours=1)),
            reason=typed["reason"],
            key=typed["key"],
            actor_id=me(request),
            now=now,
        )
    except KeyReused:
        form.add_error(None, gettext("This page was used for another bonus already. Load it again."))
        return None


def name_bonus(bonus: BonusView) -> str:
    """What a bonus was given for. One that was given back has the codes of why clicks were invalid."""
    if bonus.source is not BonusSource.RETURNED:
        return bonus.reason
    why = " · ".join(name_reason(reason) for reason in bonus.reason.split(", "))
    return gettext("Given back for invalid clicks: %(reasons)s") % {"reasons": why}


def _show(request: HttpRequest, shop_id: int, form: BonusForm, *, status: int = 200) -> HttpResponse:
    shop = list_shops_by_ids([shop_id]).get(shop_id)
    if shop is None:
        raise Http404
    bonuses = list_bonuses(shop_id=shop_id, limit=LATEST)
    context = {
        "shop": shop,
        "wallet": get_wallet(shop_id),
        "cash_first": is_cash_first(shop_id),
        "bonuses": [(one, name_bonus(one)) for one in bonuses],
        "people": list_people_by_ids([one.granted_by for one in bonuses if one.granted_by]),
        "top_ups": list_top_ups(shop_id=shop_id, limit=LATEST),
        "form": form,
        "now": timezone.now(),
    }
    return render_page(request, "wallets/wallet.html", context, status=status)
