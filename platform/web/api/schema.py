"""The OpenAPI description: headers, closed bodies, and the problems that each operation may answer with."""

from typing import Any  # Any: OpenAPI documents, and drf-spectacular is untyped

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from web.api.fields import StrictSerializer
from web.api.once import HEADER
from web.problem_schema import ProblemBody
from web.problems import MEDIA_TYPE

REASONS = {
    400: "The request cannot be read, or a value is wrong: `errors` says where.",
    401: "No token, or one that is not known here.",
    403: "The token does not open this.",
    404: "There is no such thing, or it is somebody else's.",
    405: "Not this method.",
    406: "Only JSON is spoken here.",
    409: "It cannot be done as things stand now: `type` says why.",
    413: "The body is too long.",
    415: "Only JSON is read here.",
    422: "A value is not one that can be used: `errors` says where.",
    429: "Too much was asked in a short time: `Retry-After` says when to go on.",
    503: "Somebody whom we need does not answer: `Retry-After` says when to try again.",
}


class ApiSchema(AutoSchema):
    """Settings name it as the schema class of every view."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation with the problems it may answer with, and without security where none is needed."""
        described: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if described is None or not hasattr(self.view, "scopes"):
            return described
        body = {"schema": self.resolve_serializer(ProblemBody, "response").ref}
        for status in self._list_refusals(described):
            answer = {"description": REASONS[status], "content": {MEDIA_TYPE: body}}
            described["responses"].setdefault(str(status), answer)
        described["responses"] = dict(sorted(described["responses"].items()))
        return described

    def get_auth(self) -> list[dict[str, list[str]]]:
        """A token with its scope; {} beside it where a guest may come too."""
        scope = getattr(self.view, "scopes", {}).get(self.method)
        found: list[dict[str, list[str]]] = super().get_auth()
        if scope is None:
            return [{}]
        return [*found, {}] if getattr(self.view, "guest_header", "") else found

    def get_override_parameters(self) -> list[Any]:
        """The headers that the handler reads."""
        found: list[Any] = list(super().get_override_parameters())
        wanted = getattr(self._handler(), "keys_wanted", "")
        if wanted:
            found.append(_header(HEADER, "A key of the client's own; a repeat with it does nothing twice.", wanted))
        if guest_header := getattr(self.view, "guest_header", ""):
            found.append(_header(guest_header, "The key of a guest's cart, instead of a token."))
        return found

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """The handler's own words, and the scope."""
        scope = getattr(self.view, "scopes", {}).get(self.method)
        text = str(super().get_description())
        return f"{text}\n\nScope: `{scope.value}`." if scope else text

    def _handler(self) -> Any:
        return getattr(self.view, str(self.method).lower(), None)

    def _list_refusals(self, described: dict[str, Any]) -> list[int]:
        handler = self._handler()
        found = {405, 406, 429, *getattr(handler, "refuses", ())}
        found |= {400, 413, 415} if "requestBody" in described else set()
        found |= {400} if described.get("parameters") else set()
        found |= {404} if "{" in self.path else set()
        # A token that is wrong is refused also where none is needed.
        found |= {401}
        found |= {403} if any(described.get("security", [])) else set()
        found |= {409, 422} if hasattr(handler, "keys_wanted") else set()
        return sorted(found)


class StrictExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Bodies of ours are closed: no field but those named."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """The usual schema, closed."""
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


def _header(name: str, text: str, wanted: str = "optional") -> Any:
    pattern = "^[!-~]{1,100}$" if name == HEADER else "^[A-Za-z0-9_-]{43}$"
    return OpenApiParameter(
        name,
        {"type": "string", "pattern": pattern},
        OpenApiParameter.HEADER,
        required=wanted == "required",
        description=text,
    )
