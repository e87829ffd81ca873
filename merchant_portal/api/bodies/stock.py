"""Stock."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from web.api.fields import MAX_ID, Id, Line, StrictSerializer, TextBody, Whole
from web.api.pages import PageQuery, page_of

MOST_LINES = 100
MOST_COUNTED = 10_000_000
MOST_RECEIVED = 1_000_000
MOST_LOW = 1_000_000


class LevelBody(serializers.Serializer[Any]):
    """A variant in a warehouse. `available` is what can still be sold: on hand without what is held for buyers."""

    variant_id = serializers.IntegerField(source="row.variant_id")
    product_id = serializers.IntegerField(source="row.product_id")
    warehouse_id = serializers.IntegerField(source="row.warehouse_id")
    sku = serializers.CharField(allow_blank=True)
    title = TextBody()
    choices = TextBody()
    on_hand = serializers.IntegerField(source="row.on_hand")
    held = serializers.IntegerField(source="row.held")
    available = serializers.IntegerField(source="row.available")
    low_at = serializers.IntegerField(source="row.low_at")


class LevelsBody(serializers.Serializer[Any]):
    """The levels of the variants that were named, as they stand now."""

    items = LevelBody(many=True)


class StockQuery(PageQuery):
    """Which levels."""

    low = serializers.BooleanField(required=False, default=False, help_text="Only those at or below their low mark.")
    warehouse = serializers.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class CountInput(StrictSerializer):
    """So many pieces lie there; the default warehouse when none is named."""

    variant_id = Id()
    on_hand = Whole(min_value=0, max_value=MOST_COUNTED)
    warehouse_id = Id(required=False, allow_null=True, default=None)
    low_at = Whole(required=False, allow_null=True, default=None, min_value=0, max_value=MOST_LOW)


class CountsInput(StrictSerializer):
    """What was counted. `reference` stands in the log."""

    counts = CountInput(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]  # many=True takes it
    reference = Line(required=False, default="", max_length=80)


class ReceivedInput(StrictSerializer):
    """Pieces that came in."""

    variant_id = Id()
    quantity = Whole(min_value=1, max_value=MOST_RECEIVED)


class ReceiptInput(StrictSerializer):
    """What came in, into one warehouse. `reference` stands in the log."""

    received = ReceivedInput(many=True, min_length=1, max_length=MOST_LINES)  # type: ignore[call-arg]
    warehouse_id = Id(required=False, allow_null=True, default=None)
    reference = Line(required=False, default="", max_length=80)


StockPageBody = page_of(LevelBody, "StockPage")
