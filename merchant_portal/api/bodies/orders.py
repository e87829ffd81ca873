"""Orders as the shop sees them."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from billing.checkout.selectors import TABS
from tenants.orders.contracts import OrderState, PaymentMethod
from tenants.orders.services import MAX_CARRIER, MAX_TRACKING
from web.api.fields import Id, Line, StrictSerializer, TextBody, Whole
from web.api.pages import PageQuery, page_of

STATES = [state.value for state in OrderState]
METHODS = [method.value for method in PaymentMethod]


class ShareRow(serializers.Serializer[Any]):
    """An order, as lists show it."""

    share_no = serializers.CharField()
    purchase_no = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    method = serializers.ChoiceField(METHODS)
    freight_minor = serializers.IntegerField()
    total_minor = serializers.IntegerField()
    currency = serializers.CharField()
    pieces = serializers.IntegerField()
    placed_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class OrderQuery(PageQuery):
    """Which orders. `number` is how an order's number begins."""

    tab = serializers.ChoiceField(sorted(TABS), required=False, default="all")
    number = Line(required=False, max_length=40)


class OrderLineBody(serializers.Serializer[Any]):
    """A line; `quantity` less `shipped_quantity` is still to be sent."""

    line_id = serializers.IntegerField()
    variant_id = serializers.IntegerField()
    sku = serializers.CharField(allow_blank=True)
    title = TextBody()
    choices = TextBody()
    quantity = serializers.IntegerField()
    shipped_quantity = serializers.IntegerField()
    unit_price_minor = serializers.IntegerField()


class ShipToBody(serializers.Serializer[Any]):
    """Where it goes."""

    recipient = serializers.CharField()
    phone = serializers.CharField()
    region = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField(allow_blank=True)


class ContentBody(serializers.Serializer[Any]):
    """So many pieces of a line are in a parcel."""

    line_id = serializers.IntegerField()
    quantity = serializers.IntegerField()


class ParcelBody(serializers.Serializer[Any]):
    """A parcel and what is in it."""

    carrier = serializers.CharField()
    tracking_number = serializers.CharField()
    shipped_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)
    contents = serializers.SerializerMethodField()

    def get_contents(self, parcel: Any) -> list[dict[str, int]]:
        """The pairs of a parcel by name."""
        return [{"line_id": line_id, "quantity": quantity} for line_id, quantity in parcel.contents]


class EventBody(serializers.Serializer[Any]):
    """An entry of the order's log."""

    kind = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.ChoiceField(["buyer", "shop", "system"])
    detail = serializers.DictField(child=serializers.CharField(allow_blank=True))


class OrderBody(serializers.Serializer[Any]):
    """An order whole."""

    share_no = serializers.CharField()
    purchase_no = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    method = serializers.ChoiceField(METHODS)
    version = serializers.IntegerField()
    ship_to = ShipToBody()
    lines = OrderLineBody(many=True)
    parcels = ParcelBody(many=True)
    events = EventBody(many=True)
    goods_minor = serializers.IntegerField()
    freight_minor = serializers.IntegerField()
    total_minor = serializers.IntegerField()
    currency = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    submitted_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)


class ContentInput(StrictSerializer):
    """So many pieces of a line go into the parcel."""

    line_id = Id()
    quantity = Whole(min_value=1, max_value=999)


class ParcelInput(StrictSerializer):
    """A parcel; without `contents` it holds all that is still to be sent. `self` is the shop's own delivery."""

    carrier = Line(min_length=1, max_length=MAX_CARRIER)
    tracking_number = Line(min_length=1, max_length=MAX_TRACKING)
    contents = ContentInput(many=True, required=False, max_length=200)  # type: ignore[call-arg]  # many=True takes it


class RefundInput(StrictSerializer):
    """Why; the buyer reads it in the order."""

    reason = Line(min_length=1, max_length=200)


OrderPageBody = page_of(ShareRow, "ShopOrderPage")
