"""Fields that take no guesses: a number is a number, a text is a text, and an unknown name is refused."""

from collections.abc import Mapping
from typing import Any, ClassVar  # Any: what a client sends

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

MAX_ID = 10**15
MAX_MINOR = 10**12


class Whole(serializers.IntegerField):
    """A whole number, written as a JSON number."""

    default_error_messages: ClassVar[Any] = {"not_a_number": _("Write a whole number, without quotation marks.")}

    def to_internal_value(self, data: Any) -> int:
        """Refuses true, "5" and 5.0, which Python would take."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("not_a_number")
        return super().to_internal_value(data)


class Id(Whole):
    """A number that names something of ours."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": MAX_ID, **options})


class Minor(Whole):
    """An amount of money in minor units: fen, cents."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": MAX_MINOR, **options})


class Line(serializers.CharField):
    """A text, written as a JSON string."""

    default_error_messages: ClassVar[Any] = {"not_a_text": _("Write a text in quotation marks.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_blank": True, "trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        """Refuses numbers, which Python would turn into text."""
        if not isinstance(data, str):
            self.fail("not_a_text")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false."""

    default_error_messages: ClassVar[Any] = {"not_a_flag": _("Write true or false, without quotation marks.")}

    def to_internal_value(self, data: Any) -> bool:
        """Refuses "true" and 1, which Python would take."""
        if not isinstance(data, bool):
            self.fail("not_a_flag")
        return data


class Choice(serializers.ChoiceField):
    """One of some words, written as they are."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuses what only looks like one of them."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer[Any]):
    """A body or a query. What it does not know, it refuses."""

    default_error_messages: ClassVar[Any] = {"unknown": _("There is no such field.")}

    def to_internal_value(self, data: Any) -> Any:
        """As its parent, after a look at the names."""
        if isinstance(data, Mapping):
            unknown = [str(name)[:80] for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: [self.error_messages["unknown"]] for name in unknown})
        return super().to_internal_value(data)


class TextBody(serializers.Serializer[Any]):
    """A text in Chinese and English; either may be empty, then the other serves."""

    zh = serializers.CharField(allow_blank=True)
    en = serializers.CharField(allow_blank=True)


class TextInput(StrictSerializer):
    """A text in Chinese and English; either may be left out, then the other serves."""

    zh = Line(required=False, default="", max_length=100_000)
    en = Line(required=False, default="", max_length=100_000)
