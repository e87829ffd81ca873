"""Categories, shops, listings."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from search.listings.contracts import MOST_HITS, MOST_VALUES, MOST_WORDS_CHARACTERS, FacetKind, Sort
from web.api.fields import MAX_ID, MAX_MINOR, Line, TextBody
from web.api.pages import PageQuery, page_of


class CategoryBody(serializers.Serializer[Any]):
    """A category. `parent_id` is null at the top."""

    category_id = serializers.IntegerField()
    parent_id = serializers.IntegerField(allow_null=True)
    slug = serializers.CharField()
    depth = serializers.IntegerField()
    zh = serializers.CharField(source="name_zh")
    en = serializers.CharField(source="name_en")


class CategoriesBody(serializers.Serializer[Any]):
    """The whole tree, parents before children, in the order shown."""

    items = CategoryBody(many=True)


class ShopBody(serializers.Serializer[Any]):
    """A shop that is open."""

    shop_id = serializers.IntegerField()
    slug = serializers.CharField()
    name = TextBody()
    intro = TextBody()


class ShopLabel(serializers.Serializer[Any]):
    """The shop as its goods show it."""

    shop_id = serializers.IntegerField()
    slug = serializers.CharField()
    name = TextBody()


class PictureBody(serializers.Serializer[Any]):
    """A picture. `renditions` maps "640.avif" (width and format) to an address."""

    url = serializers.CharField()
    alt = TextBody()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    renditions = serializers.DictField(child=serializers.CharField())


class ListingCard(serializers.Serializer[Any]):
    """A product of a shop, as lists show it."""

    listing_id = serializers.IntegerField()
    version = serializers.IntegerField()
    shop = ShopLabel()
    title = TextBody()
    brand = serializers.CharField(allow_blank=True)
    price_from_minor = serializers.IntegerField()
    price_to_minor = serializers.IntegerField()
    compare_at_minor = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField()
    in_stock = serializers.BooleanField()
    free_freight = serializers.BooleanField()
    sold_30d = serializers.IntegerField()
    picture = PictureBody(allow_null=True)
    created_at = serializers.DateTimeField()


class FacetValueBody(serializers.Serializer[Any]):
    """One value: send `value` to filter by it. `count` is right under all other filters."""

    value = serializers.CharField()
    label = TextBody()  # type: ignore[assignment]  # a member of that name
    count = serializers.IntegerField()
    ticked = serializers.BooleanField()


class FacetBody(serializers.Serializer[Any]):
    """One way to divide what was found. `key` names the attribute, it is empty for the other kinds."""

    kind = serializers.ChoiceField([kind.value for kind in FacetKind])
    key = serializers.CharField(allow_blank=True)
    name = TextBody()
    values = FacetValueBody(many=True)


class ListingPage(serializers.Serializer[Any]):
    """A page of what was found. `total` and `facets` count all of it."""

    items = ListingCard(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    total = serializers.IntegerField()
    facets = FacetBody(many=True)
    did_relax = serializers.BooleanField(help_text="Nothing had all the words; these have some of them.")
    did_fall_back = serializers.BooleanField(help_text="The engine is away: the answer is reduced, without facets.")
    corrected_words = serializers.CharField(
        allow_blank=True, help_text="What the words were taken for; ask with `as_written` to have them as they are."
    )


class OptionBody(serializers.Serializer[Any]):
    """A choice, such as the colour, and its values."""

    name = TextBody()
    values = TextBody(many=True)


class VariantBody(serializers.Serializer[Any]):
    """What can be put into a cart. `choices` holds, option by option, the index of its value."""

    variant_id = serializers.IntegerField()
    sku = serializers.CharField(allow_blank=True)
    choices = serializers.ListField(child=serializers.IntegerField())
    price_minor = serializers.IntegerField()
    compare_at_minor = serializers.IntegerField(allow_null=True)
    available = serializers.IntegerField(help_text="Pieces; 200 means 200 or more.")
    weight_grams = serializers.IntegerField()
    picture_index = serializers.IntegerField(allow_null=True)


class ParameterBody(serializers.Serializer[Any]):
    """A line of the parameters."""

    name = TextBody()
    value = TextBody()


class CategoryLabel(serializers.Serializer[Any]):
    """A step of the way down to the category."""

    category_id = serializers.IntegerField()
    slug = serializers.CharField()
    name = TextBody()


class DeliveryBody(serializers.Serializer[Any]):
    """The shop's freight; free from a goods total on, if there is one."""

    flat_minor = serializers.IntegerField()
    free_from_minor = serializers.IntegerField(allow_null=True)
    ships_from = serializers.CharField(allow_blank=True)
    handling_hours = serializers.IntegerField()


class ListingBody(serializers.Serializer[Any]):
    """A product of a shop, whole. `body_html` is sanitised."""

    listing_id = serializers.IntegerField()
    version = serializers.IntegerField()
    shop = ShopLabel()
    title = TextBody()
    subtitle = TextBody()
    body_html = TextBody()
    category_path = CategoryLabel(many=True)
    brand = serializers.CharField(allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField())
    parameters = ParameterBody(many=True)
    options = OptionBody(many=True)
    variants = VariantBody(many=True)
    pictures = PictureBody(many=True)
    delivery = DeliveryBody()
    currency = serializers.CharField()
    in_stock = serializers.BooleanField()
    sold_30d = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ListingQuery(PageQuery):
    """What to look for. Values of one filter are alternatives, filters restrict each other."""

    words = Line(required=False, max_length=MOST_WORDS_CHARACTERS)
    category = serializers.IntegerField(required=False, min_value=1, max_value=MAX_ID, help_text="A category's id.")
    brand = serializers.ListField(child=Line(max_length=100), required=False, max_length=MOST_VALUES)
    price_from_minor = serializers.IntegerField(required=False, min_value=0, max_value=MAX_MINOR)
    price_to_minor = serializers.IntegerField(required=False, min_value=0, max_value=MAX_MINOR)
    attribute = serializers.ListField(
        child=Line(max_length=200),
        required=False,
        max_length=100,
        help_text="`key:value` of an attribute facet; several of one key are alternatives.",
    )
    shop = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID),
        required=False,
        max_length=MOST_VALUES,
        help_text="Shops' ids.",
    )
    in_stock = serializers.BooleanField(required=False, default=False)
    sort = serializers.ChoiceField([sort.value for sort in Sort], required=False, default=Sort.BEST.value)
    size = serializers.IntegerField(required=False, default=24, min_value=1, max_value=MOST_HITS)
    facets = serializers.BooleanField(required=False, default=True)
    as_written = serializers.BooleanField(
        required=False, default=False, help_text="Take the words as they are, whatever they may be meant to be."
    )


ShopPage = page_of(ShopBody, "ShopPage")

LISTINGS_EXAMPLE: dict[str, object] = {
    "items": [
        {
            "listing_id": 1203,
            "version": 7,
            "shop": {"shop_id": 12, "slug": "muji", "name": {"zh": "无印良品", "en": "MUJI"}},
            "title": {"zh": "手机支架 折叠", "en": "Folding phone stand"},
            "brand": "MUJI",
            "price_from_minor": 4900,
            "price_to_minor": 5900,
            "compare_at_minor": 6900,
            "currency": "CNY",
            "in_stock": True,
            "free_freight": False,
            "sold_30d": 31,
            "picture": None,
            "created_at": "2026-11-20T08:30:00Z",
        }
    ],
    "next_cursor": "WyJiZXN0IiwxNy40LDEyMDMsMjRd",
    "total": 112,
    "facets": [
        {
            "kind": "brand",
            "key": "",
            "name": {"zh": "品牌", "en": "Brand"},
            "values": [{"value": "muji", "label": {"zh": "", "en": "MUJI"}, "count": 12, "ticked": False}],
        }
    ],
    "did_relax": False,
    "did_fall_back": False,
    "corrected_words": "手机",
}
