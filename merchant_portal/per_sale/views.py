"""Views of plans that are paid per sale: all of them, one to make or change, and the orders they brought."""

from datetime import datetime
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.wallets.selectors import get_owed_minor, map_sale_postings
from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.goods import epochs_of
from merchant_portal.frame import render_page
from merchant_portal.per_sale.files import write_sales
from merchant_portal.per_sale.page import badge_plan, badge_sale, list_categories, name_rate, pick_goods
from merchant_portal.per_sale.typed import TypedPlan, print_rate, read_typed, say_wrong, show_plan
from search.campaigns.contracts import CampaignState
from search.campaigns.services import CampaignEnded, NoSuchCampaign
from search.per_sale.contracts import BadPlan, PlanSums, PlanView
from search.per_sale.selectors import (
    PlanNotFound,
    SaleNotFound,
    get_bounds,
    get_plan,
    get_sale,
    list_plans,
    list_sales,
    list_versions,
    map_plan_sums,
)
from search.per_sale.services import NotSold, WrongMove, change_plan, create_plan, set_plan_state
from search.spending.words import name_reason
from web.paging import BadCursor, cut_page, decode_cursor
from web.toasts import add_toast

PAGE = 30
USUAL_RATE = "5"
FIND = "find"


@require_GET
@shop_required("money")
def show_plans(request: HttpRequest) -> HttpResponse:
    """The shop's plans with what they brought and cost."""
    shop_id = visit_of(request).shop.shop_id
    plans, sums = list_plans(shop_id=shop_id), map_plan_sums(shop_id=shop_id)
    context = {
        "rows": [(plan, *badge_plan(plan.state), sums.get(plan.plan_id, PlanSums()), _span(plan)) for plan in plans],
        "owed_minor": get_owed_minor(shop_id),
    }
    return render_page(request, "portal/per_sale/plans.html", context)


@require_http_methods(["GET", "POST"])
@shop_required("money")
def create(request: HttpRequest) -> HttpResponse:
    """A new plan, which runs at once. `go=find` only looks for goods; what was typed stays."""
    visit = visit_of(request)
    if request.method == "GET":
        typed = TypedPlan(name=gettext("Pay per sale"), default=USUAL_RATE)
        return _render(request, typed, key=uuid4().hex)
    typed, key = read_typed(request.POST), request.POST.get("key", "")[:64] or uuid4().hex
    if request.POST.get("go") == FIND:
        return _render(request, typed, key=key)
    try:
        create_plan(
            shop_id=visit.shop.shop_id,
            key=f"portal:{key}",
            draft=typed.read(),
            runs=True,
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except BadPlan as error:
        return _render(request, typed, key=key, wrong=say_wrong(error))
    except NotSold:
        return _render(request, typed, key=key, wrong=gettext("Some of these goods are not on sale any more."))
    add_toast(request, gettext("It runs. You pay when an order it brought is released, nothing before."))
    return redirect("portal:plans")


@require_http_methods(["GET", "POST"])
@shop_required("money")
def edit(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan: its rates, what it said before, and another version. `go=find` only looks for goods."""
    visit = visit_of(request)
    plan = _find(visit.shop.shop_id, plan_id)
    if request.method == "GET":
        return _render(request, show_plan(plan), plan=plan)
    typed = read_typed(request.POST)
    if request.POST.get("go") == FIND:
        return _render(request, typed, plan=plan)
    try:
        change_plan(
            shop_id=visit.shop.shop_id, plan_id=plan_id, draft=typed.read(), actor_id=visit.user_id, now=timezone.now()
        )
    except BadPlan as error:
        return _render(request, typed, plan=plan, wrong=say_wrong(error))
    except NotSold:
        return _render(request, typed, plan=plan, wrong=gettext("Some of these goods are not on sale any more."))
    except CampaignEnded:
        return _render(request, typed, plan=plan, wrong=gettext("It has ended, and stays so. Make a new one."))
    add_toast(request, gettext("Saved for clicks from now on. What was clicked before keeps its rates."))
    return redirect("portal:plan", plan_id)


@require_POST
@shop_required("money")
def switch(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Start or stop a plan; ending one is asked first."""
    visit, asked = visit_of(request), request.POST.get("state", "")
    if asked not in set(CampaignState):
        raise Http404
    if asked == CampaignState.ENDED:
        return redirect("portal:end-plan", plan_id)
    try:
        set_plan_state(
            shop_id=visit.shop.shop_id,
            plan_id=plan_id,
            state=CampaignState(asked),
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except NoSuchCampaign as error:
        raise Http404 from error
    except (CampaignEnded, WrongMove):
        add_toast(request, gettext("It has ended, and stays so. Make a new one."), bad=True)
    else:
        add_toast(request, gettext("Done, for clicks from now on. Orders of earlier clicks are as they were."))
    return redirect("portal:plan", plan_id)


@require_GET
@shop_required("money")
def show_sales(request: HttpRequest) -> HttpResponse:
    """Every order that plans brought, the latest first."""
    shop_id = visit_of(request).shop.shop_id
    scope, before = f"plan-sales:{shop_id}", None
    if "after" in request.GET:
        try:
            at, share_no = decode_cursor(request.GET["after"], scope=scope, length=2)
            before = (datetime.fromisoformat(str(at)), str(share_no))
        except (BadCursor, ValueError) as error:
            raise Http404 from error
    found = list_sales(shop_id=shop_id, before=before, limit=PAGE + 1)
    page = cut_page(found, size=PAGE, scope=scope, position=lambda sale: [sale.ordered_at.isoformat(), sale.share_no])
    context = {"rows": [(sale, *badge_sale(sale)) for sale in page.items], "next_cursor": page.next_cursor}
    return render_page(request, "portal/per_sale/sales.html", context)


@require_GET
@shop_required("money")
def show_sale(request: HttpRequest, share_no: str) -> HttpResponse:
    """Why an order costs what it does: goods, frozen rates, refunds, postings."""
    shop_id = visit_of(request).shop.shop_id
    try:
        sale = get_sale(shop_id=shop_id, share_no=share_no)
    except SaleNotFound as error:
        raise Http404 from error
    words, tone = badge_sale(sale)
    context = {
        "sale": sale,
        "plan": _find(shop_id, sale.plan_id),
        "words": words,
        "tone": tone,
        "lines": [(line, name_rate(line.rate)) for line in sale.lines],
        "invalid": name_reason(sale.invalid_reason) if sale.invalid_reason else "",
        "postings": map_sale_postings(shop_id, [share_no]).get(share_no, ()),
    }
    return render_page(request, "portal/per_sale/sale.html", context)


@require_GET
@shop_required("money")
def download_sales(request: HttpRequest) -> HttpResponse:
    """The latest 500 orders, line by line, as CSV."""
    sales = list_sales(shop_id=visit_of(request).shop.shop_id, limit=500)
    headers = {"Content-Disposition": 'attachment; filename="pay-per-sale.csv"'}
    return HttpResponse(b"".join(write_sales(sales)), content_type="text/csv; charset=utf-8", headers=headers)


def _find(shop_id: int, plan_id: int) -> PlanView:
    try:
        return get_plan(shop_id=shop_id, plan_id=plan_id)
    except PlanNotFound as error:
        raise Http404 from error


def _span(plan: PlanView) -> str:
    """The rates of a plan's goods: from the lowest to the highest."""
    rates = sorted({rate.bps for rate in plan.rates.values()})
    ends = [print_rate(rates[0]), print_rate(rates[-1])] if rates else []
    return "–".join(dict.fromkeys(ends))


def _render(
    request: HttpRequest, typed: TypedPlan, *, key: str = "", plan: PlanView | None = None, wrong: str = ""
) -> HttpResponse:
    shop, epochs = visit_of(request).shop, epochs_of(request)
    goods = pick_goods(shop=shop, typed=typed, epochs=epochs)
    bounds = get_bounds()
    context = {
        "typed": typed,
        "key": key,
        "plan": plan,
        "badge": badge_plan(plan.state) if plan else None,
        "wrong": wrong,
        "goods": goods,
        "categories": list_categories(shop_id=shop.shop_id, rows=goods.rows, typed=typed, epochs=epochs),
        "least": print_rate(bounds.least_bps),
        "most": print_rate(bounds.most_bps),
        "versions": [
            (one, print_rate(one.default_bps)) for one in list_versions(shop_id=plan.shop_id, plan_id=plan.plan_id)
        ]
        if plan
        else (),
    }
    return render_page(request, "portal/per_sale/plan.html", context, status=422 if wrong else 200)
