"""Text that no table can hold: a NUL or half a character in an address or a form is 400, not an error of ours."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

from web.errors import render_error


class TextMiddleware:
    """Looks at addresses and forms. JSON bodies are checked by their serializers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_unwritable(request.path) or _holds_unwritable(request.GET):
            return render_error(request, 400)
        if _has_form(request) and _holds_unwritable(request.POST):
            return render_error(request, 400)
        return self._get_response(request)


def _has_form(request: HttpRequest) -> bool:
    """Callbacks are signed as they came: whoever parses such a body takes it away from the check."""
    is_callback = request.path.startswith("/webhooks/")
    return request.method == "POST" and request.content_type != "application/json" and not is_callback


def is_unwritable(text: str) -> bool:
    """Whether PostgreSQL would refuse this text: a NUL, or a surrogate without its other half."""
    if "\0" in text:
        return True
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)


def _holds_unwritable(fields: QueryDict) -> bool:
    return any(is_unwritable(name) or any(map(is_unwritable, map(str, values))) for name, values in fields.lists())
