"""Problem details (RFC 9457)."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, ParseError, Throttled, ValidationError
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from web.errors import render_error, server_error
from web.problems import MEDIA_TYPE, Fault, Problem, handle_exception, list_faults, respond, wants_problem


class Line(serializers.Serializer[Any]):
    """One line of an order."""

    variant = serializers.IntegerField()


class Order(serializers.Serializer[Any]):
    """What a client sends."""

    name = serializers.CharField()
    lines = Line(many=True)


def test_a_problem_has_the_members_of_the_standard() -> None:
    problem = Problem(409, "price-changed", "价格变了。", errors=[Fault("/lines/0", "¥98→¥100")], now_minor=10_000)
    response = respond(problem)
    assert response.status_code == 409
    assert response["Content-Type"] == MEDIA_TYPE
    assert json.loads(response.content) == {
        "type": "urn:jishi:problem:price-changed",
        "title": "Conflict",
        "status": 409,
        "detail": "价格变了。",
        "errors": [{"pointer": "/lines/0", "detail": "¥98→¥100"}],
        "now_minor": 10_000,
    }


def test_nested_mistakes_become_pointers() -> None:
    order = Order(data={"lines": [{"variant": 1}, {"variant": "x"}]})
    assert not order.is_valid()
    assert {fault.pointer for fault in list_faults(order.errors)} == {"/name", "/lines/1/variant"}


def test_a_pointer_escapes_what_json_pointer_must() -> None:
    assert list_faults({"a/b~c": ["no"], "non_field_errors": ["both"]}) == [Fault("/a~1b~0c", "no"), Fault("", "both")]


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (ValidationError({"a": ["no"]}), 400, "invalid"),
        (ParseError(), 400, "parse-error"),
        (NotAuthenticated(), 403, "not-authenticated"),
        (Http404(), 404, "not-found"),
        (PermissionDenied(), 403, "forbidden"),
        (Throttled(wait=3), 429, "too-many-requests"),
        (Problem(410, "gone"), 410, "gone"),
    ],
)
def test_every_expected_error_has_one_shape(error: Exception, status: int, kind: str) -> None:
    class View(APIView):
        authentication_classes = ()
        permission_classes = ()

        def get(self, request: Any) -> Any:
            raise error

    response = View.as_view()(APIRequestFactory().get("/api/v1/x"))
    response.render()
    body = json.loads(response.content)
    assert (response.status_code, body["status"], body["type"]) == (status, status, f"urn:jishi:problem:{kind}")
    assert response["Content-Type"] == MEDIA_TYPE


def test_an_unexpected_error_rises() -> None:
    assert handle_exception(RuntimeError("boom"), {}) is None


@pytest.mark.parametrize(
    ("path", "accept", "wanted"),
    [
        ("/api/v1/x", "text/html", True),
        ("/webhooks/wechatpay/", "", True),
        ("/cart/", "application/json", True),
        ("/cart/", "text/html,application/json", False),
        ("/cart/", "", False),
    ],
)
def test_a_program_gets_a_problem_and_a_person_a_page(path: str, accept: str, wanted: bool) -> None:
    assert wants_problem(RequestFactory().get(path, headers={"Accept": accept})) is wanted


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("status", [400, 403, 404, 421, 429, 500])
def test_every_error_page_says_what_to_do_next(compiled: None, status: int, language: str) -> None:
    request = RequestFactory().get("/x", headers={"Accept-Language": language})
    html = render_error(request, status, retry_after=9).content.decode()
    assert ('lang="zh-Hans"' if language == "zh-CN" else 'lang="en"') in html
    assert "<h1>" in html
    assert 'class="button main"' in html
    assert ("去集市逛逛" if language == "zh-CN" else "To the marketplace") in html


def test_a_broken_error_page_still_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any, **more: Any) -> str:
        raise RuntimeError("templates are gone")

    monkeypatch.setattr("web.errors.render_to_string", broken)
    response = server_error(RequestFactory().get("/x"))
    assert response.status_code == 500
    assert "订单和付款不会重复" in response.content.decode()
