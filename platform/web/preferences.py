"""What a visitor chose: language and theme, kept in two cookies of this host."""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation.trans_real import parse_accept_lang_header

Theme = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
COOKIE_SECONDS = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Preferences:
    """The language code (as in settings.LANGUAGES) and the theme of one request."""

    language: str
    theme: Theme


def read_theme(request: HttpRequest) -> Theme:
    """The theme of the cookie; without one the system decides."""
    wanted = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return next((theme for theme in THEMES if theme == wanted), "system")


def read_language(request: HttpRequest) -> str:
    """The language of the cookie, else of Accept-Language, else Chinese."""
    known: dict[str, str] = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in known:
        return chosen
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code.startswith("zh"):
            return "zh-hans"
        if code.split("-")[0] in known:
            return code.split("-")[0]
    return str(settings.LANGUAGE_CODE)


def read_preferences(request: HttpRequest) -> Preferences:
    """Both choices of a request."""
    return Preferences(read_language(request), read_theme(request))


def remember(response: HttpResponse, *, language: str = "", theme: str = "") -> None:
    """Set the cookies of what was chosen; anything unknown is left alone."""
    chosen = []
    if language in dict(settings.LANGUAGES):
        chosen.append((settings.LANGUAGE_COOKIE_NAME, language))
    if theme in THEMES:
        chosen.append((settings.THEME_COOKIE_NAME, theme))
    for name, value in chosen:
        response.set_cookie(
            name, value, max_age=COOKIE_SECONDS, secure=settings.SECURE, httponly=True, samesite="Lax", path="/"
        )
