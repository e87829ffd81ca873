"""The view that both APIs build on, and how a handler is described."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar  # Any: DRF and drf-spectacular

from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from market.shops.contracts import Scope
from web.api.reading import BoundedJSONParser
from web.api.tokens import caller_of
from web.problems import Problem

F = TypeVar("F", bound=Callable[..., Any])
Shape = type[serializers.Serializer[Any]]


class ApiView(APIView):
    """JSON in, JSON out. `scopes` says what a token must open for each method; a method left out is open to all.

    `guest_header` names a header that serves instead of a token (a guest's cart).
    """

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes = ()
    parser_classes: Sequence[type[BaseParser]] = (BoundedJSONParser,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)
    metadata_class = None
    scopes: ClassVar[Mapping[str, Scope]] = {}
    guest_header: ClassVar[str] = ""

    def check_permissions(self, request: Request) -> None:
        """401 without a token, 403 with one that does not open this."""
        scope = self.scopes.get(str(request.method if request.method != "HEAD" else "GET"))
        if scope is None:
            return
        caller = caller_of(request)
        if caller is None:
            if self.guest_header and request.headers.get(self.guest_header):
                return
            raise NotAuthenticated(gettext("Send a token: Authorization: Bearer jishi_…"))
        if scope not in caller.scopes:
            sentence = gettext("This token does not open %(scope)s. Make one that does.") % {"scope": scope.value}
            raise Problem(403, "scope-missing", sentence, scope=scope.value)


def operation(
    name: str,
    summary: str,
    *,
    tag: str,
    answers: Mapping[int, Shape | None],
    body: Shape | None = None,
    query: Shape | None = None,
    refuses: Sequence[int] = (),
    example: Mapping[str, object] | None = None,
    answer_example: Mapping[str, object] | None = None,
) -> Callable[[F], F]:
    """Describe a handler. `refuses` are the statuses of problems of its own; the usual ones are added by the schema."""
    examples = [OpenApiExample(summary, value=dict(example), request_only=True)] if example else []
    if answer_example:
        examples.append(OpenApiExample(summary, value=dict(answer_example), response_only=True, status_codes=["200"]))

    def decorate(handler: F) -> F:
        handler.refuses = tuple(refuses)  # type: ignore[attr-defined]
        described = extend_schema(
            operation_id=name,
            summary=summary,
            description=(handler.__doc__ or summary).strip(),
            tags=[tag],
            parameters=[query] if query else None,
            request=body,
            responses=dict(answers),
            examples=examples or None,
        )
        return described(handler)

    return decorate
