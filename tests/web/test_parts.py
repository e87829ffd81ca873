"""Every template renders in both languages; tags give what look.md asks for."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.utils import translation

from market.shops.contracts import HostKind
from tests.web.test_budgets import STATIC
from web.gallery.samples import list_samples, sample_form
from web.messages import list_missing
from web.pictures import list_sources, show
from web.shapes import Sellable, SumRow
from web.toasts import add_toast

TEMPLATES = STATIC.parents[1] / "templates"
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SVG_EMPTY = {"path", "circle", "rect", "use", "ellipse", "polyline", "polygon", "line"}


class Nesting(HTMLParser):
    """Checks that what opens closes, in order, and collects ids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SVG_EMPTY:
            self.wrong.append(f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def check_nesting(html: str) -> Nesting:
    parser = Nesting()
    parser.feed(html)
    assert not parser.wrong
    assert not parser.open
    return parser


# Parts that a face fills with a form and rows of its own: drawn by that face's tests, not with the gallery's samples.
NEED_A_FACE = {"web/api/tokens.html"}


def draw(text: str, request: HttpRequest | None = None, **context: Any) -> str:
    return str(engines["django"].from_string(text).render(context, request))


@pytest.fixture
def visitor(ask: Callable[..., HttpRequest]) -> Callable[..., HttpRequest]:
    """A request that templates with sign-in and messages can use."""

    def make(path: str = "/", **more: Any) -> HttpRequest:
        request = ask(path, **more)
        request.user = AnonymousUser()
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        return request

    return make


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "name",
    sorted({str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")} - NEED_A_FACE),
    ids=lambda name: name,
)
def test_every_template_renders_in_both_languages(
    visitor: Callable[..., HttpRequest], name: str, language: str
) -> None:
    request = visitor("/_gallery/?page=2")
    with translation.override(language):
        request.preferences = type(request.preferences)(language, "dark")  # type: ignore[attr-defined]
        html = get_template(name).render({**list_samples(), "row": SumRow("商品", 100), "currency": "CNY"}, request)
    assert "{%" not in html
    assert "{{" not in html


@pytest.mark.parametrize("face", ["gallery", "portal", "console"])
@pytest.mark.parametrize("kind", [HostKind.MARKET, HostKind.CONSOLE])
def test_a_whole_page_is_well_formed(visitor: Callable[..., HttpRequest], face: str, kind: HostKind) -> None:
    html = render_to_string(f"web/gallery/{face}.html", list_samples(), visitor(kind=kind))
    parser = check_nesting(html)
    twice = {one for one in parser.ids if parser.ids.count(one) > 1}
    assert not twice
    assert html.count("<h1") == 1
    assert html.startswith("<!doctype html>")


def test_the_frame_asks_no_database(visitor: Callable[..., HttpRequest], django_assert_num_queries: Any) -> None:
    # Without the db fixture pytest-django refuses every statement: rendering is the proof.
    assert "<main" in render_to_string("web/shopper.html", {}, visitor())


def test_the_frame_shows_counts_only_where_there_are_some(visitor: Callable[..., HttpRequest]) -> None:
    cart = {"market": {"cart": "/cart/"}}
    bare = draw('{% include "web/parts/tabbar.html" %}', frame=cart, frame_counts={})
    full = draw('{% include "web/parts/tabbar.html" %}', frame=cart, frame_counts={"cart": 120})
    assert "<b>" not in bare
    assert "<b>99+</b>" in full


def test_a_theme_of_the_visitor_stands_on_the_root(visitor: Callable[..., HttpRequest]) -> None:
    request = visitor()
    assert "data-theme=" not in render_to_string("web/plain.html", {}, request).split("<head>")[0]
    request.preferences = type(request.preferences)("en", "dark")  # type: ignore[attr-defined]
    head = render_to_string("web/plain.html", {}, request).split("<head>")[0]
    assert 'lang="en" data-theme="dark"' in head


def test_every_static_file_that_a_template_names_exists() -> None:
    names = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'{% static "([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(names) >= 6
    assert {name for name in names if not finders.find(name)} == set()


def test_every_word_of_the_frames_has_chinese() -> None:
    assert [missing for missing in list_missing() if missing[0].parts[:2] == ("platform", "web")] == []


# ---- Words --------------------------------------------------------------------------------------
def test_a_price_is_set_small_large_small() -> None:
    assert draw('{% price 239950 size="l" %}') == (
        '<span class="price l"><small>¥</small>2,399<small>.50</small></span>'
    )
    assert draw("{% price 6000 card=True %}") == '<span class="price"><small>¥</small>60</span>'
    assert draw("{% price 6000 %}") == '<span class="price"><small>¥</small>60<small>.00</small></span>'


def test_text_falls_back_to_the_other_language() -> None:
    with translation.override("en"):
        assert draw("{% pick t %}{{ t|pick }}", t={"zh": "杯", "en": ""}) == "杯杯"
        assert draw("{% pick t %}", t={"zh": "杯", "en": "mug"}) == "mug"
    assert draw("{% pick t %}", t={"zh": "杯", "en": "mug"}) == "杯"
    assert draw("{% pick t %}|{% pick n %}", t="plain", n=None) == "plain|"


def test_what_people_typed_is_escaped_everywhere() -> None:
    evil = '"><script>alert(1)</script>'
    html = draw(
        "{% icon n %}{% stall s %}{% pick t %}{% seal t %}{% sum_row t 1 note=t %}"
        "{% empty 'cart' t t href=t action=t %}"
        "{% picture p size=9 %}{% banner %}{{ t }}{% endbanner %}{% quantity t 1 label=t step_name=t key=t %}",
        n=evil,
        s={"stall": evil, "mark": evil},
        t=evil,
        p={"url": evil, "alt": evil, "renditions": {"320.avif": evil}},
    )
    assert "<script" not in html


# ---- Ways ---------------------------------------------------------------------------------------
def test_a_query_string_is_edited_and_not_built_anew(visitor: Callable[..., HttpRequest]) -> None:
    request = visitor("/search?q=茶&brand=a&brand=b&page=3")
    assert (
        draw('{% qs page=None sort="price" as s %}{{ s|safe }}', request) == "?q=%E8%8C%B6&brand=a&brand=b&sort=price"
    )
    assert draw('{% qs_toggle "brand" "a" as s %}{{ s|safe }}', request) == "?q=%E8%8C%B6&brand=b"
    assert draw('{% qs_toggle "brand" "c" as s %}{{ s|safe }}', request) == "?q=%E8%8C%B6&brand=a&brand=b&brand=c"


@pytest.mark.parametrize(
    ("number", "count", "shown"),
    [(1, 1, ""), (1, 3, "1 2 3"), (5, 12, "1 … 4 5 6 … 12"), (12, 12, "1 … 11 12"), (2, 4, "1 2 3 4")],
)
def test_paging_shows_first_last_and_neighbours(
    visitor: Callable[..., HttpRequest], number: int, count: int, shown: str
) -> None:
    html = draw("{% pages n c %}", visitor(), n=number, c=count)
    middle = re.sub(r"<(?:a|span)[^>]*>(?:上一页|下一页)</(?:a|span)>", "", html)
    assert " ".join(re.findall(r">([\d…]+)<", middle)) == shown
    assert html.count('aria-current="page"') == (1 if shown else 0)


def test_a_rail_marks_the_page_one_is_on_and_below(visitor: Callable[..., HttpRequest]) -> None:
    request = visitor("/products/7/")
    assert "aria-current" in draw('{% nav_link "/products/" "box" "商品" %}', request)
    assert "aria-current" not in draw('{% nav_link "/" "home" "首页" %}', request)
    assert "aria-current" not in draw('{% nav_link "/orders/" "orders" "订单" %}', request)
    assert "aria-current" in draw('{% nav_link "/goods/" "box" "商品" under="/products/" %}', request)


def test_a_head_turns_its_order_around(visitor: Callable[..., HttpRequest]) -> None:
    assert 'aria-sort="none"><a href="?sort=-sold"' in draw('{% th_sort "sold" "x" %}', visitor("/"))
    assert 'aria-sort="descending"><a href="?sort=sold"' in draw('{% th_sort "sold" "x" %}', visitor("/?sort=-sold"))


# ---- Pictures -----------------------------------------------------------------------------------
def test_a_picture_offers_avif_before_webp_in_order_of_width() -> None:
    sources = list_sources({"640.avif": "/b", "320.avif": "/a", "320w-webp": "/c", "original": "/d", "90.gif": "/e"})
    assert [(one.media_type, one.srcset) for one in sources] == [
        ("image/avif", "/a 320w, /b 640w"),
        ("image/webp", "/c 320w"),
    ]


def test_every_picture_has_its_size_and_the_first_row_is_eager() -> None:
    picture = {"url": "/p.jpg", "width": 1200, "height": 900, "alt": {"zh": "杯", "en": "mug"}}
    assert 'alt="杯" width="320" height="320" loading="lazy"' in draw("{% picture p size=320 %}", p=picture)
    assert "loading=" not in draw("{% picture p size=320 eager=True %}", p=picture)
    assert 'width="1200" height="900"' in draw("{% picture p %}", p=picture)
    assert 'class="picture none' in draw("{% picture None size=80 %}")
    assert show("/p.svg").url == "/p.svg"


# ---- Forms --------------------------------------------------------------------------------------
def test_a_field_says_what_is_wrong_and_is_described_by_it() -> None:
    html = draw("{% field form.phone %}", form=sample_form())
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone_wrong"' in html
    assert '<span class="wrong" id="id_phone_wrong">' in html
    assert 'value="1380013"' in html


def test_a_hint_is_tied_to_its_field_and_a_free_field_says_so() -> None:
    html = draw("{% field form.name %}", form=sample_form())
    assert 'aria-describedby="id_name_hint"' in html
    assert "选填" in html


def test_radio_buttons_stand_in_a_fieldset_with_our_ticks() -> None:
    html = draw("{% field form.method %}", form=sample_form())
    assert html.startswith('<fieldset class="field" id="id_method"><legend>')
    assert html.count('class="tick"') == 2
    assert "checked" in html
    check_nesting(html)


def test_more_keywords_become_attributes_of_the_input() -> None:
    html = draw('{% field form.price prefix="¥" inputmode="decimal" data_copy="x" %}', form=sample_form())
    assert 'inputmode="decimal"' in html
    assert 'data-copy="x"' in html
    assert '<div class="joined"><span>¥</span>' in html


def test_the_summary_links_to_every_mistake_and_is_silent_without_one() -> None:
    class Fine(forms.Form):
        a = forms.CharField(required=False)

    html = draw("{% wrongs form %}", form=sample_form())
    assert '<a href="#id_phone">手机号 Phone：少了4位，请填11位手机号。</a>' in html
    assert "有1处要改" in html
    fine = Fine({"a": ""})
    assert fine.is_valid()
    assert draw("{% wrongs form %}", form=fine) == ""


# ---- Telling ------------------------------------------------------------------------------------
def test_a_toast_offers_to_take_it_back_once(visitor: Callable[..., HttpRequest]) -> None:
    request = visitor()
    add_toast(request, "已移除1件商品", undo_url="/cart/undo/7/")
    add_toast(request, "没有保存", bad=True)
    html = draw("{% toasts %}", request, messages=request._messages, csrf_token="t0k3n")  # type: ignore[attr-defined]
    assert html.count('class="toast') == 3  # the list and two toasts
    assert (
        '<form method="post" action="/cart/undo/7/"><input type="hidden" name="csrfmiddlewaretoken" value="t0k3n">'
        in html
    )
    assert html.count("<form") == 1


def test_a_stepper_posts_without_a_script() -> None:
    html = draw('{% quantity "quantity-7" 1 most=3 step_name="step" key=7 %}')
    assert 'name="step" value="7:-1" aria-label="减少" disabled' in html
    assert 'name="step" value="7:1" aria-label="增加">' in html
    assert 'data-least="1" data-most="3"' in html


def test_the_data_of_the_variant_picker_cannot_close_its_script() -> None:
    html = draw("{% variants v chosen=1 %}", v=[Sellable(1, ("a</script><b>",), 100, note="<i>&")])
    assert html.count("</script>") == 1
    assert "<i>" not in html
    assert '"price": ["¥", "1", ".00"]' in html


def test_a_sold_out_value_is_disabled_and_says_so() -> None:
    html = draw("{% options o %}", o=list_samples()["choices"]["options"])
    assert 'value="2" disabled data-label="500ml">500ml<small data-gone>缺货</small>' in html
    assert html.count("<small data-gone hidden>") == 4


def test_a_chart_tells_its_finding_and_repeats_its_numbers_as_a_table() -> None:
    html = draw('{% chart c sentence="s" unit="元" %}', c=list_samples()["charts"]["line"])
    assert 'role="img" aria-label="成交额从4,200元' in html
    assert "以表格查看" in html
    assert html.count("<tr>") == 15
    assert "8,600.00" in html
