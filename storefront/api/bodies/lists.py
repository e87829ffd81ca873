"""Lists by rule."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from search.collections.contracts import DISCOUNTS, SORTS
from search.listings.contracts import MOST_HITS
from storefront.api.bodies.browse import ListingCard
from web.api.fields import TextBody
from web.api.pages import PageQuery


class RuleBody(serializers.Serializer[Any]):
    """What goods have to meet to be on the list. What is null or empty asks for nothing."""

    category_id = serializers.IntegerField(allow_null=True)
    brand = serializers.CharField(allow_blank=True)
    tag = serializers.CharField(allow_blank=True)
    shop_id = serializers.IntegerField(allow_null=True)
    price_from_minor = serializers.IntegerField(allow_null=True)
    price_to_minor = serializers.IntegerField(allow_null=True)
    discount = serializers.ChoiceField(
        choices=[0, *DISCOUNTS], help_text="At least so many percent below the struck price."
    )
    in_stock = serializers.BooleanField()
    sort = serializers.ChoiceField([sort.value for sort in SORTS])
    most = serializers.IntegerField(help_text="The list ends after so many goods.")


class ListBody(serializers.Serializer[Any]):
    """A list and its rule."""

    slug = serializers.CharField()
    title = TextBody()
    rule = RuleBody()


class ListsBody(serializers.Serializer[Any]):
    """All lists of one owner, in their order."""

    items = ListBody(many=True)


class ListQuery(PageQuery):
    """Which page of a list."""

    size = serializers.IntegerField(min_value=1, max_value=MOST_HITS, default=24)


class ListPage(serializers.Serializer[Any]):
    """A page of a list. `total` counts all of it."""

    title = TextBody()
    items = ListingCard(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    total = serializers.IntegerField()
