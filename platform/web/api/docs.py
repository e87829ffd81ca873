"""The description of an API as JSON, and as pages to try it out."""

from threading import Lock
from typing import Any  # Any: drf-spectacular is untyped

from django.urls import URLPattern, path
from django.utils.translation import get_language
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

DESCRIPTION = """JSON over HTTPS. Money is in minor units (fen) of `currency`. Texts are `{"zh": …, "en": …}`;
either may be empty. Times are UTC.

**Tokens.** `Authorization: Bearer jishi_…`. {tokens}

**Lists** answer with `items` and `next_cursor`; send it as `cursor` for the next page.

**Repeats.** With an `Idempotency-Key` of your own, a request may be sent again after a broken connection: the first
answer comes back and nothing is done twice. 409 while the first is being worked on, 422 when the key was used for
another request. Keys are kept for 24 hours.

**Problems** are `application/problem+json` (RFC 9457); `type` is a word for programs, `errors` names wrong values by
JSON pointers."""


_kept: dict[str, Response] = {}
_writing = Lock()


class KeptSchemaView(SpectacularJSONAPIView):
    """The description, written once a process and language: it takes a second, and drf-spectacular's settings for
    one API are global while it writes."""

    renderer_classes = [OpenApiJsonRenderer2]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """The kept description, or a new one."""
        key = f"{self.urlconf}:{get_language()}"
        with _writing:
            if key not in _kept:
                _kept[key] = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
            return Response(_kept[key].data)


def describe_api(*, urlconf: str, title: str, tokens: str, tags: dict[str, str]) -> list[URLPattern]:
    """`openapi.json` and `docs/` for the operations of a URL configuration."""
    custom: dict[str, Any] = {
        "TITLE": title,
        "DESCRIPTION": DESCRIPTION.replace("{tokens}", tokens),
        "TAGS": [{"name": name, "description": text} for name, text in tags.items()],
        "SCHEMA_PATH_PREFIX": "/api/v1/",
        "POSTPROCESSING_HOOKS": [],
        "COMPONENT_SPLIT_REQUEST": False,
    }
    schema = KeptSchemaView.as_view(
        urlconf=urlconf,
        custom_settings=custom,
        authentication_classes=[],
        permission_classes=[],
    )
    docs = SpectacularSwaggerSplitView.as_view(
        url="/api/v1/openapi.json",
        title=title,
        template_name="web/api/docs.html",
        authentication_classes=[],
        permission_classes=[],
    )
    return [path("openapi.json", schema, name="openapi"), path("docs/", docs, name="docs")]
