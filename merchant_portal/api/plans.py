"""Plans that are paid per sale, of the token's shop."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar  # Any: what a serializer has read

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from market.shops.contracts import Scope
from merchant_portal.api.base import ShopView, member_of, shop_of
from merchant_portal.api.bodies.plans import (
    PlanBody,
    PlanInput,
    PlanMove,
    PlanPageBody,
    PlanQuery,
    PlanReplacement,
    SaleBody,
    SalePageBody,
)
from merchant_portal.api.problems import plan_problems
from search.campaigns.contracts import CampaignState
from search.per_sale.contracts import BadPlan, PlanDraft, PlanSums, PlanView
from search.per_sale.selectors import get_plan, list_plans, list_sales, map_plan_sums
from search.per_sale.services import change_plan, create_plan, set_plan_state
from web.api.once import once, read_key
from web.api.pages import PageQuery, bad_cursor, read_place, show_page
from web.api.reading import read_body, read_query
from web.api.views import operation
from web.paging import BadCursor, cut_page, decode_cursor

PAGE = 50
EXAMPLE = {
    "name": "成交付费",
    "default_bps": 500,
    "goods": [{"product_id": 7, "rate_bps": 800}],
    "categories": [{"category_id": 1, "rate_bps": 600}],
}


class PlansView(ShopView):
    """What the scopes of advertising open."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.ADS_READ,
        "POST": Scope.ADS_WRITE,
        "PUT": Scope.ADS_WRITE,
    }


class Plans(PlansView):
    """/sale-plans"""

    @operation("listSalePlans", "My plans per sale", tag="ads", query=PlanQuery, answers={200: PlanPageBody})
    def get(self, request: Request) -> Response:
        """Plans with what they brought, newest first."""
        asked, shop_id = read_query(request, PlanQuery), shop_of(request).shop_id
        state = asked.get("state", "")
        scope = f"api:sale-plans:{shop_id}:{state}"
        rows = list_plans(
            shop_id=shop_id,
            states=[CampaignState(state)] if state else [],
            before=read_place(asked.get("cursor"), scope=scope),
            limit=PAGE + 1,
        )
        page = cut_page(rows, size=PAGE, scope=scope, position=lambda plan: [plan.plan_id])
        return Response(show_page(PlanBody, _describe(page.items, shop_id), page.next_cursor))

    @operation(
        "createSalePlan",
        "A new plan per sale",
        tag="ads",
        body=PlanInput,
        answers={201: PlanBody},
        refuses=(409, 422),
        example=EXAMPLE,
    )
    @once(required=True)
    def post(self, request: Request) -> Response:
        """Makes a plan. It runs at once, and costs nothing until an order that it brought is released."""
        asked = read_body(request, PlanInput)
        with plan_problems():
            plan_id = create_plan(
                shop_id=shop_of(request).shop_id,
                key=f"api:{read_key(request)}",
                draft=_make_draft(asked),
                runs=not asked["draft"],
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        location = reverse("merchant-api:sale-plan", args=[plan_id])
        return _show(request, plan_id, status=201, headers={"Location": location})


class Plan(PlansView):
    """/sale-plans/{plan_id}"""

    @operation("getSalePlan", "One plan per sale", tag="ads", answers={200: PlanBody})
    def get(self, request: Request, plan_id: int) -> Response:
        """A plan with its goods, their rates, and what it brought."""
        return _show(request, plan_id)

    @operation(
        "replaceSalePlan",
        "Change a plan per sale",
        tag="ads",
        body=PlanReplacement,
        answers={200: PlanBody},
        refuses=(409, 422),
        example=EXAMPLE,
    )
    @once()
    def put(self, request: Request, plan_id: int) -> Response:
        """Replaces all that is said, for clicks from now on. The same again makes no version."""
        asked = read_body(request, PlanReplacement)
        with plan_problems():
            change_plan(
                shop_id=shop_of(request).shop_id,
                plan_id=plan_id,
                draft=_make_draft(asked),
                actor_id=member_of(request).user_id,
                now=timezone.now(),
                expected_version=asked["expected_version"],
            )
        return _show(request, plan_id)


class PlanStateView(PlansView):
    """/sale-plans/{plan_id}/state"""

    @operation(
        "setSalePlanState",
        "Start, stop or end a plan per sale",
        tag="ads",
        body=PlanMove,
        answers={200: PlanBody},
        refuses=(409, 422),
        example={"state": "paused"},
    )
    @once()
    def post(self, request: Request, plan_id: int) -> Response:
        """Sets the state for clicks from now on; the same again changes nothing. What has ended stays so."""
        asked = read_body(request, PlanMove)
        with plan_problems():
            set_plan_state(
                shop_id=shop_of(request).shop_id,
                plan_id=plan_id,
                state=CampaignState(asked["state"]),
                actor_id=member_of(request).user_id,
                now=timezone.now(),
            )
        return _show(request, plan_id)


class PlanSales(PlansView):
    """/sale-plans/{plan_id}/sales"""

    @operation("listPlanSales", "Orders that a plan brought", tag="ads", query=PageQuery, answers={200: SalePageBody})
    def get(self, request: Request, plan_id: int) -> Response:
        """Orders, the latest first, each with its lines and what they cost."""
        asked, shop_id = read_query(request, PageQuery), shop_of(request).shop_id
        with plan_problems():
            get_plan(shop_id=shop_id, plan_id=plan_id)
        scope = f"api:plan-sales:{shop_id}:{plan_id}"
        before = _read_before(asked.get("cursor"), scope)
        rows = list_sales(shop_id=shop_id, plan_id=plan_id, before=before, limit=PAGE + 1)
        page = cut_page(
            rows, size=PAGE, scope=scope, position=lambda sale: [sale.ordered_at.isoformat(), sale.share_no]
        )
        return Response(show_page(SaleBody, page.items, page.next_cursor))


def _make_draft(asked: Mapping[str, Any]) -> PlanDraft:
    """The draft of `PlanFields`. Raises `BadPlan` for what is said twice."""
    goods = {one["product_id"]: one["rate_bps"] for one in asked["goods"]}
    said = asked.get("categories", ())
    categories = {one["category_id"]: one["rate_bps"] for one in said}
    for field, once_each, all_said in (("goods", goods, asked["goods"]), ("categories", categories, said)):
        if len(once_each) < len(all_said):
            raise BadPlan(field, "twice")
    return PlanDraft(name=asked["name"], default_bps=asked["default_bps"], goods=goods, categories=categories)


def _describe(plans: Sequence[PlanView], shop_id: int) -> list[dict[str, Any]]:
    """Plans as `PlanBody` shows them: one statement for what they brought."""
    sums = map_plan_sums(shop_id=shop_id, plan_ids=[plan.plan_id for plan in plans]) if plans else {}
    return [
        {
            "plan_id": plan.plan_id,
            "version": plan.version,
            "name": plan.name,
            "state": plan.state,
            "default_bps": plan.default_bps,
            "categories": [{"category_id": pk, "rate_bps": bps} for pk, bps in plan.categories.items()],
            "goods": [
                {"product_id": pk, "rate_bps": rate.bps, "rate_from": rate.source} for pk, rate in plan.rates.items()
            ],
            "sums": sums.get(plan.plan_id, PlanSums()),
            "created_at": plan.created_at,
            "changed_at": plan.changed_at,
        }
        for plan in plans
    ]


def _show(request: Request, plan_id: int, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    shop_id = shop_of(request).shop_id
    with plan_problems():
        plan = get_plan(shop_id=shop_id, plan_id=plan_id)
    (body,) = _describe([plan], shop_id)
    return Response(PlanBody(body).data, status=status, headers=dict(headers or {}))


def _read_before(cursor: str | None, scope: str) -> tuple[datetime, str] | None:
    """Instant and number of the order that a page ended with. Raises `ValidationError`."""
    if not cursor:
        return None
    try:
        at, share_no = decode_cursor(cursor, scope=scope, length=2)
        return datetime.fromisoformat(str(at)), str(share_no)
    except (BadCursor, ValueError) as error:
        raise bad_cursor() from error
