"""The visitor's language and theme."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from web.preferences import read_preferences


class PreferencesMiddleware:
    """Activates the language of the cookie, else of the browser, else Chinese; sets `request.preferences`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        preferences = read_preferences(request)
        request.preferences = preferences  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = preferences.language
        with translation.override(preferences.language):
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", preferences.language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response
