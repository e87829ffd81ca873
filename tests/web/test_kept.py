"""Kept parts: rendered once per key, never across languages, themes, hosts or versions."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import TemplateSyntaxError, engines
from django.utils import translation

from market.shops.contracts import HostKind
from web.preferences import Preferences
from web.tags import kept


class Counter:
    """Counts how often it is drawn."""

    def __init__(self) -> None:
        self.drawn = 0

    def __str__(self) -> str:
        self.drawn += 1
        return f"drawn {self.drawn}"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    kept.forget()
    yield
    kept.forget()


def _draw(text: str, request: HttpRequest, **context: Any) -> str:
    return str(engines["django"].from_string(text).render(context, request))


def test_a_part_is_drawn_once_until_a_key_changes(ask: Callable[..., HttpRequest]) -> None:
    counter, part = Counter(), '{% kept "p" version %}{{ counter }}{% endkept %}'
    drawn = [_draw(part, ask(), counter=counter, version=version) for version in (1, 1, 2, 1)]
    assert drawn == ["drawn 1", "drawn 1", "drawn 2", "drawn 1"]


def test_language_theme_and_host_are_always_keys(ask: Callable[..., HttpRequest]) -> None:
    part = '{% kept "p" %}{% translate "Cart" %} {{ frame.theme }} {{ frame.host_kind }}{% endkept %}'
    dark = ask()
    dark.preferences = Preferences("zh-hans", "dark")  # type: ignore[attr-defined]
    assert _draw(part, ask()) == "购物车 system market"
    assert _draw(part, dark) == "购物车 dark market"
    assert _draw(part, ask(kind=HostKind.PORTAL)) == "购物车 system portal"
    with translation.override("en"):
        assert _draw(part, ask()) == "Cart system market"


def test_no_more_than_so_many_parts_are_kept(ask: Callable[..., HttpRequest], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    for version in range(10):
        _draw('{% kept "p" version %}x{% endkept %}', ask(), version=version)
    assert len(kept._parts) == 3


def test_a_part_without_a_name_is_refused(ask: Callable[..., HttpRequest]) -> None:
    with pytest.raises(TemplateSyntaxError):
        _draw("{% kept version %}x{% endkept %}", ask())


def test_the_frame_of_one_page_says_nothing_of_another(ask: Callable[..., HttpRequest]) -> None:
    page = '{% extends "web/shopper.html" %}{% block place %}{{ place }}{% endblock %}'
    first = _draw(page, ask("/first/"), place="杭州", frame_counts={"cart": 3})
    second = _draw(page, ask("/second/"), place="北京", frame_counts={"cart": 0})
    assert "杭州" in first
    assert "杭州" not in second
    assert "/first/" not in first + second
    assert "<b>3</b>" not in second
