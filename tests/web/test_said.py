"""`{% translate %}`: a sentence of a template once per language, whatever comes out of a variable each time."""

from collections.abc import Iterator

import pytest
from django.template import Context, Template, engines
from django.templatetags.i18n import TranslateNode
from django.utils.translation import override

from web.messages import compile_all


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    compile_all()
    yield


def _compile(text: str) -> Template:
    return engines["django"].from_string(text).template  # type: ignore[attr-defined]


def _draw(template: Template, language: str, **values: object) -> str:
    with override(language):
        return template.render(Context(values))


def test_a_sentence_is_said_in_the_language_of_each_page() -> None:
    template = _compile('{% translate "Cart" %}')
    assert [_draw(template, name) for name in ("en", "zh-hans", "en", "zh-hans")] == ["Cart", "购物车"] * 2


def test_it_is_looked_up_once_per_language(monkeypatch: pytest.MonkeyPatch) -> None:
    template, looked_up, render = _compile('{% translate "Cart" %}'), [], TranslateNode.render
    monkeypatch.setattr(TranslateNode, "render", lambda *given: looked_up.append(1) or render(*given))
    for name in ("en", "zh-hans", "en", "zh-hans"):
        _draw(template, name)
    assert len(looked_up) == 2


def test_a_sentence_in_a_variable_of_the_page_is_never_remembered() -> None:
    template = _compile("{% translate sentence %}")
    said = [_draw(template, "zh-hans", sentence=sentence) for sentence in ("Cart", "Orders", "<b>", "Cart")]
    assert said[0] == said[3] == "购物车" and said[1] not in ("购物车", "Orders") and said[2] == "&lt;b&gt;"


def test_a_name_is_given_and_context_counts_with_each_drawing() -> None:
    template = _compile('{% translate "Cart" as said %}[{{ said }}]{% translate "Account" context "door" %}')
    for _ in range(2):
        assert _draw(template, "en") == "[Cart]Account"
        assert _draw(template, "zh-hans").startswith("[购物车]") and "Account" not in _draw(template, "zh-hans")


def test_signs_of_percent_and_markup_in_a_sentence_are_kept() -> None:
    template = _compile('{% translate "100%<br>" %}')
    assert [_draw(template, "en") for _ in range(2)] == ["100%<br>"] * 2
