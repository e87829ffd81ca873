"""How a problem looks in OpenAPI: `@extend_schema(responses={409: ProblemBody})`."""

from typing import Any  # Any: serializers without instances

from rest_framework import serializers


class FaultBody(serializers.Serializer[Any]):
    """One wrong value."""

    pointer = serializers.CharField(help_text="JSON pointer into the request (RFC 6901); empty for the whole.")
    detail = serializers.CharField(help_text="What to do about it.")


class ProblemBody(serializers.Serializer[Any]):
    """RFC 9457, application/problem+json."""

    type = serializers.CharField(help_text="A word for programs: urn:jishi:problem:price-changed.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = FaultBody(many=True, required=False)  # type: ignore[assignment]  # a member of that name
