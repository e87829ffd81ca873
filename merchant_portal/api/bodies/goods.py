"""Products."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from tenants.catalog.contracts import ProductSort, ProductStatus
from tenants.catalog.rules import LIMITS
from web.api.fields import MAX_ID, Choice, Id, Line, Minor, StrictSerializer, TextBody, TextInput, Whole
from web.api.pages import PageQuery, page_of

STATUSES = [status.value for status in ProductStatus]


class ProductRowBody(serializers.Serializer[Any]):
    """A line of the product table."""

    product_id = serializers.IntegerField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(STATUSES)
    title = TextBody()
    handle = serializers.CharField()
    sku = serializers.CharField(allow_blank=True)
    variant_count = serializers.IntegerField()
    price_low_minor = serializers.IntegerField()
    price_high_minor = serializers.IntegerField()
    currency = serializers.CharField()
    picture_url = serializers.CharField(allow_blank=True)
    category_id = serializers.IntegerField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    updated_at = serializers.DateTimeField()


class ProductQuery(PageQuery):
    """Which products, in which order."""

    status = serializers.ChoiceField(STATUSES, required=False)
    words = Line(required=False, max_length=80)
    tag = Line(required=False, max_length=LIMITS.tag)
    category = serializers.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    sort = serializers.ChoiceField([sort.value for sort in ProductSort], required=False, default="updated")


class ParameterInput(StrictSerializer):
    """A line of the parameters: 材质 = 高岭土."""

    name = TextInput()
    value = TextInput()


class OptionInput(StrictSerializer):
    """A choice, such as the colour, and its values in order."""

    name = TextInput()
    values = TextInput(many=True, max_length=LIMITS.option_values)  # type: ignore[call-arg]  # many=True takes it


class PictureInput(StrictSerializer):
    """A picture that the shop has uploaded. The focal point is in thousandths of width and height."""

    media_id = Id()
    alt = TextInput(required=False)
    focal_x = Whole(required=False, default=500, min_value=0, max_value=1000)
    focal_y = Whole(required=False, default=500, min_value=0, max_value=1000)


class VariantInput(StrictSerializer):
    """A SKU. `choices` holds, option by option, the index of its value. With a `variant_id` an old one is kept."""

    sku = Line(required=False, default="", max_length=LIMITS.sku)
    choices = serializers.ListField(child=Whole(min_value=0, max_value=99), required=False, max_length=LIMITS.options)
    price_minor = Minor()
    compare_at_minor = Minor(required=False, allow_null=True, default=None)
    cost_minor = Minor(required=False, allow_null=True, default=None)
    barcode = Line(required=False, default="", max_length=LIMITS.sku)
    weight_grams = Whole(required=False, default=0, min_value=0, max_value=LIMITS.weight_grams)
    picture_index = Whole(required=False, allow_null=True, default=None, min_value=0, max_value=LIMITS.pictures)
    variant_id = Id(required=False, allow_null=True, default=None)


class ProductInput(StrictSerializer):
    """All that a shop says of a product. HTML is sanitised."""

    title = TextInput()
    subtitle = TextInput(required=False)
    body_html = TextInput(required=False)
    category_id = Id(required=False, allow_null=True, default=None)
    brand = Line(required=False, default="", max_length=LIMITS.brand)
    tags = serializers.ListField(child=Line(max_length=LIMITS.tag), required=False, max_length=LIMITS.tags)
    parameters = ParameterInput(many=True, required=False, max_length=LIMITS.parameters)  # type: ignore[call-arg]
    options = OptionInput(many=True, required=False, max_length=LIMITS.options)  # type: ignore[call-arg]
    variants = VariantInput(many=True, max_length=LIMITS.variants)  # type: ignore[call-arg]
    pictures = PictureInput(many=True, required=False, max_length=LIMITS.pictures)  # type: ignore[call-arg]
    status = Choice(STATUSES, required=False, default=ProductStatus.DRAFT.value)
    handle = Line(required=False, default="", max_length=LIMITS.handle)
    private_notes = Line(required=False, default="", max_length=LIMITS.notes)


class ProductReplacement(ProductInput):
    """A product anew. `expected_version` is the version that was read: 409 when somebody saved another since."""

    expected_version = Whole(min_value=1, max_value=MAX_ID)


class StatusInput(StrictSerializer):
    """On sale (active), back into the drafts, or away (archived)."""

    status = Choice(STATUSES)
    expected_version = Whole(required=False, min_value=1, max_value=MAX_ID)


class ParameterOutput(serializers.Serializer[Any]):
    """A line of the parameters."""

    name = TextBody()
    value = TextBody()


class OptionOutput(serializers.Serializer[Any]):
    """A choice and its values."""

    name = TextBody()
    values = TextBody(many=True)


class VariantOutput(serializers.Serializer[Any]):
    """A SKU, its cost included."""

    variant_id = serializers.IntegerField()
    sku = serializers.CharField(allow_blank=True)
    choices = serializers.ListField(child=serializers.IntegerField())
    price_minor = serializers.IntegerField()
    compare_at_minor = serializers.IntegerField(allow_null=True)
    cost_minor = serializers.IntegerField(allow_null=True)
    barcode = serializers.CharField(allow_blank=True)
    weight_grams = serializers.IntegerField()
    picture_index = serializers.IntegerField(allow_null=True)


class PictureOutput(serializers.Serializer[Any]):
    """A picture with its addresses."""

    media_id = serializers.IntegerField()
    alt = TextBody()
    focal_x = serializers.IntegerField()
    focal_y = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    url = serializers.CharField()


class ProductBody(serializers.Serializer[Any]):
    """A product as its own shop edits it, private fields included."""

    product_id = serializers.IntegerField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(STATUSES, source="draft.status")
    handle = serializers.CharField(source="draft.handle")
    title = TextBody(source="draft.title")
    subtitle = TextBody(source="draft.subtitle")
    body_html = TextBody(source="draft.body_html")
    category_id = serializers.IntegerField(source="draft.category_id", allow_null=True)
    brand = serializers.CharField(source="draft.brand", allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField(), source="draft.tags")
    parameters = ParameterOutput(many=True, source="draft.parameters")
    options = OptionOutput(many=True, source="draft.options")
    variants = VariantOutput(many=True, source="draft.variants")
    pictures = PictureOutput(many=True)
    private_notes = serializers.CharField(source="draft.private_notes", allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


ProductPageBody = page_of(ProductRowBody, "ProductPage")
