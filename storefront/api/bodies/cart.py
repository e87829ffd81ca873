"""Carts and quotes."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from billing.checkout.contracts import QuoteProblem
from billing.checkout.rules import MAX_QUANTITY
from web.api.fields import Flag, Id, Line, StrictSerializer, TextBody, Whole


class CartKeyBody(serializers.Serializer[Any]):
    """The key of a guest's new cart. Send it as `Cart-Key`; who has it has the cart."""

    cart_key = serializers.CharField(min_length=43, max_length=43)


class CartLineBody(serializers.Serializer[Any]):
    """A line of the cart beside what is offered now."""

    line_id = serializers.IntegerField(source="line.line_id")
    listing_id = serializers.IntegerField(source="line.offer.listing_id")
    variant_id = serializers.IntegerField(source="line.offer.variant_id")
    shop_id = serializers.IntegerField(source="line.offer.shop_id")
    shop_slug = serializers.CharField(source="line.offer.shop_slug")
    shop_name = TextBody(source="line.offer.shop_name")
    title = TextBody(source="line.offer.title")
    choices = TextBody(source="line.offer.choices")
    picture_url = serializers.CharField(source="line.offer.picture_url", allow_blank=True)
    quantity = serializers.IntegerField(source="line.quantity")
    ticked = serializers.BooleanField(source="line.ticked")
    price_minor = serializers.IntegerField(help_text="Now.")
    price_then_minor = serializers.IntegerField(source="line.offer.price_minor", help_text="When it was put in.")
    sum_minor = serializers.IntegerField()
    currency = serializers.CharField(source="line.offer.currency")
    can_be_bought = serializers.BooleanField()
    available = serializers.IntegerField(source="left")


class CartBody(serializers.Serializer[Any]):
    """A cart over many shops. `total_minor` is of what is ticked and can be bought, without freight."""

    items = CartLineBody(many=True, source="rows")
    pieces = serializers.IntegerField()
    chosen_pieces = serializers.IntegerField()
    total_minor = serializers.IntegerField()


class NewLine(StrictSerializer):
    """What to put in. More of the same adds up."""

    listing_id = Id()
    variant_id = Id()
    quantity = Whole(min_value=1, max_value=MAX_QUANTITY, required=False, default=1)


class LineChange(StrictSerializer):
    """What to change; what is left out stays."""

    quantity = Whole(min_value=1, max_value=MAX_QUANTITY, required=False)
    ticked = Flag(required=False)


class MergeBody(StrictSerializer):
    """The guest's cart whose lines join one's own."""

    cart_key = Line(min_length=43, max_length=43)


class QuoteLineBody(serializers.Serializer[Any]):
    """A ticked line at today's price; `problem` says why it cannot be bought, or that its price moved."""

    line_id = serializers.IntegerField()
    listing_id = serializers.IntegerField(source="offer.listing_id")
    variant_id = serializers.IntegerField(source="offer.variant_id")
    title = TextBody(source="offer.title")
    choices = TextBody(source="offer.choices")
    quantity = serializers.IntegerField()
    available = serializers.IntegerField()
    unit_price_minor = serializers.IntegerField()
    line_minor = serializers.IntegerField()
    problem = serializers.ChoiceField([problem.value for problem in QuoteProblem], allow_null=True)
    price_before_minor = serializers.IntegerField(allow_null=True)


class ShopQuoteBody(serializers.Serializer[Any]):
    """What one shop asks."""

    shop_id = serializers.IntegerField()
    shop_slug = serializers.CharField()
    shop_name = TextBody()
    lines = QuoteLineBody(many=True)
    goods_minor = serializers.IntegerField()
    freight_minor = serializers.IntegerField()
    total_minor = serializers.IntegerField()
    free_freight_from_minor = serializers.IntegerField(allow_null=True)


class QuoteBody(serializers.Serializer[Any]):
    """The whole price. `digest` names it: placing with another digest is refused."""

    shops = ShopQuoteBody(many=True)
    goods_minor = serializers.IntegerField()
    freight_minor = serializers.IntegerField()
    total_minor = serializers.IntegerField()
    currency = serializers.CharField()
    digest = serializers.CharField()
    can_be_placed = serializers.BooleanField()
