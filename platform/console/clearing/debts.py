"""Views of what shops owe us: aged, and given up in two steps."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from billing.settlement.rules.debts import LOST_AFTER
from billing.settlement.selectors import find_debt, list_debts, list_write_offs
from billing.settlement.services import DebtChanged, NoReason, write_off_debt
from console.access import FINANCE, me, staff_page
from console.clearing.forms import WriteOffForm
from console.frame import render_page
from market.accounts.selectors import list_people_by_ids
from market.money import format_minor
from market.shops.selectors import list_shops_by_ids
from web.access import recent_proof_required
from web.toasts import add_toast


@staff_page()
@require_GET
def show_debts(request: HttpRequest) -> HttpResponse:
    """What shops owe us, the oldest first, and what was given up."""
    debts, written = list_debts(now=timezone.now()), list_write_offs()
    shop_ids = {debt.shop_id for debt in debts} | {one.shop_id for one in written}
    context = {
        "debts": debts,
        "write_offs": written,
        "shops": list_shops_by_ids(shop_ids),
        "people": list_people_by_ids([one.written_by for one in written]),
        "owed_minor": sum(debt.owed_minor for debt in debts),
        "lost_minor": sum(debt.lost_minor for debt in debts),
        "lost_days": LOST_AFTER.days,
    }
    return render_page(request, "clearing/debts.html", context)


@staff_page(*FINANCE)
@recent_proof_required
@require_http_methods(["GET", "POST"])
def write_off(request: HttpRequest, shop_id: int) -> HttpResponse:
    """Give up the part of a shop's debt that is old enough, with a reason."""
    debt = find_debt(shop_id=shop_id, now=timezone.now())
    if debt is None:
        raise Http404
    form = WriteOffForm(request.POST or None, initial={"amount": debt.lost_minor})
    if request.method == "POST" and form.is_valid() and _write_off(request, shop_id, form):
        return redirect("console:debts")
    shop = list_shops_by_ids([shop_id]).get(shop_id)
    context = {"debt": debt, "form": form, "shop": shop, "lost_days": LOST_AFTER.days}
    return render_page(request, "clearing/write_off.html", context, status=422 if form.errors else 200)


def _write_off(request: HttpRequest, shop_id: int, form: WriteOffForm) -> bool:
    try:
        written = write_off_debt(
            shop_id=shop_id,
            currency="CNY",
            amount_minor=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            actor_id=me(request),
            now=timezone.now(),
        )
    except DebtChanged:
        add_toast(request, gettext("The debt changed meanwhile, so nothing was given up. Look at it anew."), bad=True)
        return True
    except NoReason:
        form.add_error("reason", gettext("Say why: it stands in the books and the audit trail."))
        return False
    said = gettext("¥%(sum)s is given up under %(reference)s.")
    add_toast(request, said % {"sum": format_minor(written.amount_minor), "reference": written.reference})
    return True
