"""Recommendations, each with its reason."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from search.results.contracts import ReasonKind
from storefront.api.bodies.browse import ListingCard
from web.api.fields import TextBody


class ReasonBody(serializers.Serializer[Any]):
    """Why. `listing_id` and `about` name what it follows from, or the category; null where there is nothing to name."""

    kind = serializers.ChoiceField([kind.value for kind in ReasonKind])
    listing_id = serializers.IntegerField(allow_null=True)
    about = TextBody(allow_null=True)


class RecommendationBody(serializers.Serializer[Any]):
    """One product and why it is here."""

    card = ListingCard()
    reason = ReasonBody()


class RelatedBody(serializers.Serializer[Any]):
    """The shelves beside a product, at most twelve each, what is in stock first."""

    looked = RecommendationBody(many=True)
    bought = RecommendationBody(many=True)
    similar = RecommendationBody(many=True)


class ForYouBody(serializers.Serializer[Any]):
    """One person's shelf. `is_cold`: nothing is known of the person, so it is everybody's."""

    items = RecommendationBody(many=True)
    is_cold = serializers.BooleanField()
