"""Suggestions."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers

from search.suggestions.contracts import MOST_SUGGESTIONS, MOST_TYPED_CHARACTERS, Kind
from web.api.fields import Line, StrictSerializer


class SuggestionBody(serializers.Serializer[Any]):
    """One completion. Search for `text`, or list the goods of the category or the brand."""

    text = serializers.CharField()
    kind = serializers.ChoiceField([kind.value for kind in Kind])
    listings = serializers.IntegerField(
        allow_null=True, help_text="How many goods the category or the brand holds; null for words."
    )
    category_id = serializers.IntegerField(
        allow_null=True, help_text="The category itself, or the one in which nearly all goods are that the words name."
    )
    brand = serializers.CharField(allow_blank=True, help_text="Send it as `brand` to list the brand's goods.")
    is_near = serializers.BooleanField(help_text="What was typed differs in one letter.")


class SuggestionsBody(serializers.Serializer[Any]):
    """Completions, the most sought first."""

    items = SuggestionBody(many=True)


class SuggestionQuery(StrictSerializer):
    """What is typed so far, and who reads."""

    typed = Line(max_length=MOST_TYPED_CHARACTERS, help_text="As it stands in the box; empty finds nothing.")
    language = serializers.ChoiceField(
        ["zh", "en"], required=False, default="zh", help_text="What is in this language comes first."
    )
    limit = serializers.IntegerField(required=False, default=MOST_SUGGESTIONS, min_value=1, max_value=MOST_SUGGESTIONS)
