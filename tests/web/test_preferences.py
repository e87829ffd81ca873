"""Language and theme: cookie, browser, default; kept by a form that needs no script."""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from web.middleware.preferences import PreferencesMiddleware
from web.preferences import read_language, read_theme

HOST = {"Host": f"{settings.MARKET_HOST}:8000"}


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        ("", "", "zh-hans"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "zh-TW,zh;q=0.9,en;q=0.8", "zh-hans"),
        ("", "de-DE,de;q=0.9", "zh-hans"),
        ("", "de,en;q=0.5", "en"),
        ("en", "zh-CN", "en"),
        ("zh-hans", "en", "zh-hans"),
        ("xx", "en", "en"),
        ("", ";;;,,,q=", "zh-hans"),
    ],
)
def test_the_cookie_wins_then_the_browser_then_chinese(cookie: str, header: str, language: str) -> None:
    request = RequestFactory().get("/", headers={"Accept-Language": header})
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = cookie
    assert read_language(request) == language


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("pink", "system"), ("", "system")]
)
def test_an_unknown_theme_is_the_systems(cookie: str, theme: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[settings.THEME_COOKIE_NAME] = cookie
    assert read_theme(request) == theme


def test_the_answer_says_its_language_and_what_it_varies_on() -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    response = PreferencesMiddleware(answer)(RequestFactory().get("/", headers={"Accept-Language": "en"}))
    assert response.content == b"en"
    assert response["Content-Language"] == "en"
    assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("http://jishi.localhost:8000/c/cups/?page=2", "/c/cups/?page=2"),
        ("http://jishi.localhost:8000", "/"),
        ("http://jishi.localhost:8000//evil.example/", "/"),
        ("http://evil.example/c/cups/", "/"),
        ("http://jishi.localhost:8000@evil.example/", "/"),
        ("http://jishi.localhost:8000/preferences/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_choice_is_kept_and_leads_back_on_this_host_only(came_from: str, goes_to: str) -> None:
    client = Client(headers={"Host": "jishi.localhost:8000", "Referer": came_from}, enforce_csrf_checks=True)
    response = client.post("/preferences/", {"language": "en", "theme": "dark"})
    assert (response.status_code, response["Location"]) == (303, goes_to)
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, "en"), (settings.THEME_COOKIE_NAME, "dark")):
        cookie = response.cookies[name]
        assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["domain"]) == (value, True, "Lax", "")


@pytest.mark.django_db
def test_what_is_no_choice_sets_no_cookie() -> None:
    response = Client(headers=HOST).post("/preferences/", {"language": "xx", "theme": "<b>"})
    assert not response.cookies


@pytest.mark.django_db
def test_a_script_gets_no_page_back() -> None:
    response = Client(headers={**HOST, "X-Requested-With": "jishi"}).post("/preferences/", {"theme": "light"})
    assert response.status_code == 204


@pytest.mark.django_db
def test_looking_at_the_switch_changes_nothing() -> None:
    assert Client(headers=HOST).get("/preferences/?theme=dark").status_code == 405
