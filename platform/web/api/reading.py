"""Reading requests: bounded JSON, checked bodies, checked queries."""

import json
from collections.abc import Mapping
from typing import IO, Any  # Any: JSON

from django.conf import settings
from django.utils.translation import gettext
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from web.problems import Problem


class BoundedJSONParser(BaseParser):
    """JSON in UTF-8 up to DATA_UPLOAD_MAX_MEMORY_SIZE; never more is read."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body's value. Raises `Problem` 413 for a long body, 400 for one that is no JSON."""
        most = int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
        body = stream.read(most + 1)
        if len(body) > most:
            sentence = gettext("The body is longer than %(most)s bytes. Send less at once.") % {"most": most}
            raise Problem(413, "body-too-large", sentence)
        try:
            return json.loads(body.decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Problem(400, "malformed", gettext("The body is no JSON in UTF-8.")) from error


def read_body(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The body as `shape` has it. Raises `ValidationError`, told with JSON pointers."""
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found


def read_query(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The query as `shape` has it; a parameter given twice is refused unless it is a list. Raises `ValidationError`."""
    fields = shape().fields
    plain: dict[str, Any] = {}
    for name, values in request.query_params.lists():
        if isinstance(fields.get(name), serializers.ListField):
            plain[name] = values
        elif len(values) > 1:
            raise serializers.ValidationError({name: [gettext("This can be asked for once only.")]})
        else:
            plain[name] = values[0]
    asked = shape(data=plain)
    asked.is_valid(raise_exception=True)
    found: dict[str, Any] = asked.validated_data
    return found


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
