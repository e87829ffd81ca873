"""Plans that are paid per sale. Rates in basis points: 500 is 5 %."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from market.money import WHOLE_BPS
from merchant_portal.api.bodies.ads import MOVES, STATES
from search.auction.contracts import RateSource
from search.per_sale.contracts import LONGEST_NAME, MOST_CATEGORIES, MOST_GOODS, SaleState
from web.api.fields import Choice, Flag, Id, Line, StrictSerializer, Whole
from web.api.pages import PageQuery, page_of


class PlanGoodsBody(serializers.Serializer[Any]):
    """A product of a plan and its rate now, which is its own, its category's or the plan's."""

    product_id = serializers.IntegerField()
    rate_bps = serializers.IntegerField()
    rate_from = serializers.ChoiceField([source.value for source in RateSource])


class PlanCategoryBody(serializers.Serializer[Any]):
    """A category with a rate of its own."""

    category_id = serializers.IntegerField()
    rate_bps = serializers.IntegerField()


class PlanSumsBody(serializers.Serializer[Any]):
    """What a plan brought: orders, what their goods came to less refunds, commission due at release, and charged."""

    sales = serializers.IntegerField()
    goods_minor = serializers.IntegerField()
    waiting_minor = serializers.IntegerField()
    charged_minor = serializers.IntegerField()


class PlanBody(serializers.Serializer[Any]):
    """A plan as it stands. `version` grows with every change, start and stop; earlier clicks keep their rates."""

    plan_id = serializers.IntegerField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    default_bps = serializers.IntegerField()
    categories = PlanCategoryBody(many=True)
    goods = PlanGoodsBody(many=True)
    sums = PlanSumsBody()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class SaleLineBody(serializers.Serializer[Any]):
    """A line of an order. `rate_bps` is null, and the line free, if the product was not in the plan at the click."""

    number = serializers.IntegerField()
    product_id = serializers.IntegerField()
    quantity = serializers.IntegerField()
    net_minor = serializers.IntegerField()
    refunded_minor = serializers.IntegerField()
    rate_bps = serializers.IntegerField(source="rate.bps", allow_null=True)
    commission_minor = serializers.IntegerField()


class SaleBody(serializers.Serializer[Any]):
    """An order that a plan brought, with the rates of the version that was clicked. Charged once it is released."""

    share_no = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField([state.value for state in SaleState])
    clicked_at = serializers.DateTimeField()
    ordered_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField(allow_null=True)
    goods_minor = serializers.IntegerField()
    refunded_minor = serializers.IntegerField()
    commission_minor = serializers.IntegerField()
    charged_minor = serializers.IntegerField()
    invalid_reason = serializers.CharField(help_text="Why the click was found invalid later; empty for a valid one.")
    lines = SaleLineBody(many=True)


class PlanQuery(PageQuery):
    """Which plans."""

    state = serializers.ChoiceField(STATES, required=False)


class Rate(Whole):
    """A part in basis points. What staff let it be is narrower, and told where it is not kept to."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": WHOLE_BPS, **options})


class PlanGoodsInput(StrictSerializer):
    """A product, and a rate of its own or null."""

    product_id = Id()
    rate_bps = Rate(required=False, allow_null=True, default=None)


class PlanCategoryInput(StrictSerializer):
    """A category whose goods in the plan have another rate."""

    category_id = Id()
    rate_bps = Rate()


class PlanFields(StrictSerializer):
    """What is said of a plan. A product's own rate goes before its nearest category's, and that before the plan's."""

    name = Line(max_length=LONGEST_NAME)
    default_bps = Rate()
    goods = PlanGoodsInput(many=True, min_length=1, max_length=MOST_GOODS)  # type: ignore[call-arg]
    categories = PlanCategoryInput(many=True, required=False, max_length=MOST_CATEGORIES)  # type: ignore[call-arg]


class PlanInput(PlanFields):
    """A new plan. It runs at once unless it is to be a draft."""

    draft = Flag(required=False, default=False)


class PlanReplacement(PlanFields):
    """All that is said of a plan; `expected_version` guards against somebody else's change in between."""

    expected_version = Whole(required=False, allow_null=True, default=None, min_value=1)


class PlanMove(StrictSerializer):
    """Start, stop, or end for good."""

    state = Choice(MOVES)


PlanPageBody = page_of(PlanBody, "PlanPage")
SalePageBody = page_of(SaleBody, "PlanSalePage")
