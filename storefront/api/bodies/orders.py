"""Purchases, orders, addresses."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from billing.checkout.contracts import PurchaseState
from billing.checkout.selectors import TABS
from billing.checkout.services.placing import MAX_NOTE
from tenants.orders.contracts import OrderState, PaymentMethod
from web.api.fields import Choice, Flag, Id, Line, StrictSerializer, TextBody
from web.api.pages import PageQuery, page_of

STATES = [state.value for state in OrderState]
METHODS = [method.value for method in PaymentMethod]


class _TitlePair(serializers.Serializer[Any]):
    """A title in both languages."""

    zh = serializers.CharField(source="title_zh", allow_blank=True)
    en = serializers.CharField(source="title_en", allow_blank=True)


class _ChoicePair(serializers.Serializer[Any]):
    """Chosen values in both languages."""

    zh = serializers.CharField(source="choices_zh", allow_blank=True)
    en = serializers.CharField(source="choices_en", allow_blank=True)


class ShareLine(serializers.Serializer[Any]):
    """A line of an order, as it was agreed."""

    listing_id = serializers.IntegerField()
    title = _TitlePair(source="*")
    choices = _ChoicePair(source="*")
    picture_url = serializers.CharField(allow_blank=True)
    quantity = serializers.IntegerField()
    unit_price_minor = serializers.IntegerField()


class ShareBody(serializers.Serializer[Any]):
    """One shop's order of a purchase."""

    share_no = serializers.CharField()
    purchase_no = serializers.CharField()
    shop_id = serializers.IntegerField()
    shop_slug = serializers.CharField()
    shop_name = TextBody()
    state = serializers.ChoiceField(STATES)
    method = serializers.ChoiceField(METHODS)
    freight_minor = serializers.IntegerField()
    total_minor = serializers.IntegerField()
    currency = serializers.CharField()
    pieces = serializers.IntegerField()
    lines = ShareLine(many=True)
    placed_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class PurchaseBody(serializers.Serializer[Any]):
    """What is paid in one payment: one order a shop. `expires_at` is when it closes unpaid."""

    purchase_no = serializers.CharField()
    state = serializers.ChoiceField([state.value for state in PurchaseState])
    method = serializers.ChoiceField(METHODS)
    total_minor = serializers.IntegerField()
    currency = serializers.CharField()
    placed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    shares = ShareBody(many=True)


class NoteBody(StrictSerializer):
    """A note to one shop."""

    shop_id = Id()
    note = Line(max_length=MAX_NOTE)


class NewPurchase(StrictSerializer):
    """What is agreed to: the quote by its digest, where it goes, how it is paid."""

    quote_digest = Line(min_length=64, max_length=64)
    address_id = Id()
    method = Choice(METHODS, required=False, default=PaymentMethod.WECHATPAY.value)
    notes = NoteBody(many=True, required=False, max_length=50)  # type: ignore[call-arg]  # many=True takes it


class PayBody(serializers.Serializer[Any]):
    """Show `qr_content` as a QR code; the buyer scans it with WeChat."""

    qr_content = serializers.CharField()


class ReasonBody(StrictSerializer):
    """Why; the shop reads it."""

    reason = Line(required=False, default="", max_length=200)


class ShipToBody(serializers.Serializer[Any]):
    """Where an order goes."""

    recipient = serializers.CharField()
    phone = serializers.CharField()
    region = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField(allow_blank=True)


class ParcelBody(serializers.Serializer[Any]):
    """A parcel on its way."""

    carrier = serializers.CharField()
    tracking_number = serializers.CharField()
    shipped_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)


class EventBody(serializers.Serializer[Any]):
    """An entry of the order's log."""

    kind = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.ChoiceField(["buyer", "shop", "system"])
    detail = serializers.DictField(child=serializers.CharField(allow_blank=True))


class OrderBody(serializers.Serializer[Any]):
    """One shop's order whole, with its parcels and its log."""

    share = ShareBody()
    ship_to = ShipToBody(source="order.ship_to")
    note = serializers.CharField(source="order.note", allow_blank=True)
    parcels = ParcelBody(many=True, source="order.parcels")
    events = EventBody(many=True, source="order.events")


class OrderQuery(PageQuery):
    """Which orders."""

    tab = serializers.ChoiceField(sorted(TABS), required=False, default="all")


class AddressBody(serializers.Serializer[Any]):
    """An entry of one's address book."""

    address_id = serializers.IntegerField()
    recipient = serializers.CharField()
    phone = serializers.CharField()
    province = serializers.CharField()
    city = serializers.CharField()
    district = serializers.CharField()
    district_code = serializers.CharField()
    street = serializers.CharField()
    postcode = serializers.CharField(allow_blank=True)
    is_default = serializers.BooleanField()


class AddressesBody(serializers.Serializer[Any]):
    """The address book, the default first."""

    items = AddressBody(many=True)


class NewAddress(StrictSerializer):
    """An address. The code of the district (GB/T 2260, six digits) names province and city as well."""

    recipient = Line(max_length=200)
    phone = Line(max_length=40)
    district_code = Line(max_length=12)
    street = Line(max_length=1_000)
    postcode = Line(required=False, default="", max_length=10)
    is_default = Flag(required=False, default=False)


OrderPage = page_of(ShareBody, "OrderPage")
