"""Problem details for HTTP APIs (RFC 9457): one shape for everything that goes wrong.

A domain error becomes a problem where a view catches it: `raise Problem(409, "out-of-stock", gettext("…"))`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any  # Any: serializer errors are nested as they please

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework.exceptions import APIException, Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.views import set_rollback

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong value: where it stands (a JSON pointer, RFC 6901) and what to do about it."""

    pointer: str
    detail: str


class Problem(APIException):
    """Something that went wrong and can be told. `kind` is a word for programs: "out-of-stock"."""

    def __init__(
        self,
        status: int,
        kind: str = "about:blank",
        detail: str = "",
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(detail=detail)
        self.status_code = status
        self.kind = kind
        self.text = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.more = more

    def to_body(self) -> dict[str, Any]:
        """The members of RFC 9457, section 3.1, our `errors`, and what the problem adds."""
        body: dict[str, Any] = {
            "type": self.kind if ":" in self.kind else f"urn:jishi:problem:{self.kind}",
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
        }
        if self.text:
            body["detail"] = self.text
        if self.errors:
            body["errors"] = [asdict(fault) for fault in self.errors]
        return {**body, **self.more}


def list_faults(detail: object, pointer: str = "") -> list[Fault]:
    """The nested errors of a serializer as a flat list with pointers."""
    if isinstance(detail, Mapping):
        return [
            fault
            for key, value in detail.items()
            for fault in list_faults(value, pointer if key == "non_field_errors" else f"{pointer}/{_escape(str(key))}")
        ]
    if isinstance(detail, Sequence) and not isinstance(detail, str):
        if all(isinstance(value, str) for value in detail):
            return [Fault(pointer, str(value)) for value in detail]
        return [fault for i, value in enumerate(detail) for fault in list_faults(value, f"{pointer}/{i}")]
    return [Fault(pointer, str(detail))]


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def to_problem(error: Exception) -> Problem | None:
    """What an expected error looks like from outside; None for one that must rise."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        return Problem(error.status_code, "invalid", errors=list_faults(error.detail))
    if isinstance(error, Throttled):
        return Problem(
            429,
            "too-many-requests",
            str(error.detail),
            headers={"Retry-After": str(int(getattr(error, "wait", None) or 1))},
        )
    if isinstance(error, APIException):
        challenge = getattr(error, "auth_header", "")
        headers = {"WWW-Authenticate": challenge} if challenge else {}
        return Problem(error.status_code, error.default_code.replace("_", "-"), str(error.detail), headers=headers)
    if isinstance(error, Http404):
        return Problem(404, "not-found")
    if isinstance(error, PermissionDenied):
        return Problem(403, "forbidden")
    return None


def handle_exception(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler (settings.REST_FRAMEWORK). Unexpected errors rise to the 500 page of the API."""
    problem = to_problem(error)
    if problem is None:
        return None
    set_rollback()
    return Response(problem.to_body(), status=problem.status_code, headers=problem.headers, content_type=MEDIA_TYPE)


def respond(problem: Problem) -> JsonResponse:
    """A problem as a plain Django response, for middleware and for views without DRF."""
    return JsonResponse(problem.to_body(), status=problem.status_code, content_type=MEDIA_TYPE, headers=problem.headers)


def wants_problem(request: HttpRequest) -> bool:
    """Whether a program asks: a path of the API, of webhooks or of reports, or one that accepts JSON and no pages."""
    if request.path.startswith(("/api/", "/webhooks/", "/seen/")):
        return True
    accepts = request.headers.get("Accept", "")
    return "json" in accepts and "text/html" not in accepts
