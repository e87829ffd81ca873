"""The gallery in a real browser: nothing refused by the CSP, nothing too wide, small scripts, and life without them."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

from tests.browser import new_context, open_browser, overflow, screenshot, until, watch
from tests.fixtures.served import served
from web.charts import Chart, draw_bars, draw_line

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any, compiled: None) -> Iterator[str]:
    """The market host of a demo, served from threads of this process. Only hosts are read, nothing is written."""
    with override_settings(DEMO=True), django_db_blocker.unblock(), served() as port:
        yield f"http://{settings.MARKET_HOST}:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


Visit = Callable[..., tuple[Page, list[str]]]


@pytest.fixture
def visit(site: str, browser: Browser) -> Iterator[Visit]:
    """Open a path as a new visitor: the page, and what its console complained about."""
    with ExitStack() as closing:

        def open_page(path: str, **visitor: Any) -> tuple[Page, list[str]]:
            context = closing.enter_context(new_context(browser, **visitor))
            page = context.new_page()
            seen = watch(page)
            page.goto(f"{site}{path}")
            return page, seen

        yield open_page


@pytest.mark.parametrize(("language", "dark"), [("zh-CN", False), ("zh-CN", True), ("en-GB", False)])
def test_the_gallery_fits_both_widths_and_breaks_no_rule(visit: Visit, language: str, dark: bool) -> None:
    page, seen = visit("/_gallery/", language=language, dark=dark)
    name = f"gallery{'' if language == 'zh-CN' else '.en'}"
    for path in screenshot(page, f"{name}-dark" if dark else name):
        assert path.stat().st_size > 50_000
    for width in (1280, 640, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0
    assert seen == []


MEASURE = """plot => {
    const drawn = plot.querySelector("svg").getBoundingClientRect();
    return [...plot.querySelectorAll("svg + ol > li")].map(li => {
        const range = document.createRange();
        range.selectNodeContents(li);
        const box = range.getBoundingClientRect();
        return [li.textContent, (box.left - drawn.left) / drawn.width, (box.right - drawn.left) / drawn.width];
    });
}"""


def measure_labels(page: Page, chart: Chart) -> list[tuple[str, float, float]]:
    """Where each label begins and ends, in parts of the drawing's width; no two of them may touch."""
    page.locator("main").evaluate(
        "(box, html) => { box.innerHTML = html; }", render_to_string("web/parts/chart.html", {"chart": chart})
    )
    assert overflow(page) == 0
    labels = [(text, start, end) for text, start, end in page.locator(".plot").evaluate(MEASURE) if text]
    assert all(one[2] < other[1] for one, other in pairwise(labels)), labels
    return labels


@pytest.mark.parametrize("width", [390, 1280])
def test_the_labels_of_a_chart_stand_under_their_points(visit: Visit, width: int) -> None:
    page, _ = visit("/_gallery/")
    page.set_viewport_size({"width": width, "height": 800})
    for number in (1, 7, 14, 25, 28, 30, 90):
        names = [f"{10 + i // 28}-{1 + i % 28:02}" for i in range(number)]
        labels = measure_labels(page, draw_line(finding="", labels=names, values=[1.0] * number))
        places = {name: i / max(number - 1, 1) for i, name in enumerate(names)}
        assert labels[0][1] == pytest.approx(0, abs=0.002), "the first begins at its point"
        for name, start, end in labels[1:-1]:
            assert (start + end) / 2 == pytest.approx(places[name], abs=0.002), (number, name)
        if number > 1:
            assert labels[-1][0] == names[-1] and labels[-1][2] == pytest.approx(1, abs=0.002)
    names = [f"{hour:02}" if hour % 6 == 0 else "" for hour in range(24)]
    for name, start, end in measure_labels(page, draw_bars(finding="", labels=names, values=[1.0] * 24)):
        assert (start + end) / 2 == pytest.approx((int(name) + 0.5) / 24, abs=0.002), name


@pytest.mark.parametrize("face", ["portal", "console"])
def test_the_desks_fit_both_widths(visit: Visit, face: str) -> None:
    page, seen = visit(f"/_gallery/{face}/")
    screenshot(page, f"gallery-{face}")
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) == 0
    page.get_by_role("button", name="打开菜单").click()
    expect(page.locator("#menu")).to_be_visible()
    assert seen == []


def test_icons_of_the_outside_sprite_are_painted_and_htmx_may_not_evaluate(visit: Visit) -> None:
    page, seen = visit("/_gallery/")
    page.wait_for_load_state("networkidle")
    icons = "[...document.querySelectorAll('svg.icon')].filter((icon) => icon.checkVisibility())"
    assert page.evaluate(f"{icons}.length") > 100
    assert page.evaluate(f"{icons}.filter((icon) => !icon.getBBox().width).length") == 0
    until(page, "!!window.htmx")
    assert page.evaluate("htmx.version") == "2.0.11"
    assert page.evaluate("[htmx.config.allowEval, htmx.config.includeIndicatorStyles]") == [False, False]
    assert seen == []


def test_the_theme_changes_at_once_and_stays(visit: Visit) -> None:
    page, seen = visit("/_gallery/")
    switch = page.locator(".topline jishi-theme button")
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(switch).to_have_text("外观：浅色")
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    switch.click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    assert seen == []


def test_language_and_theme_work_without_a_script(visit: Visit) -> None:
    page, _ = visit("/_gallery/?page=3", scripts=False)
    page.locator(".topline jishi-theme button").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.locator(".topline").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/_gallery/?page=3")


def test_the_stepper_counts_within_its_limits(visit: Visit) -> None:
    page, _ = visit("/_gallery/")
    stepper = page.locator("jishi-quantity")
    stepper.get_by_role("button", name="减少").click()
    expect(stepper.locator("input")).to_have_value("1")
    expect(stepper.get_by_role("button", name="减少")).to_be_disabled()
    stepper.locator("input").fill("500")
    stepper.locator("input").blur()
    expect(stepper.locator("input")).to_have_value("99")


def test_the_variant_picker_keeps_price_stock_and_choices_in_step(visit: Visit) -> None:
    page, _ = visit("/_gallery/")
    picker = page.locator("jishi-variants")
    price = page.locator("[data-variant-price]")
    expect(price).to_have_text("¥60.00")
    picker.get_by_text("250ml").click()
    expect(price).to_have_text("¥52.00")
    expect(page.locator("[data-variant-note]")).to_have_text("仅剩7件")
    expect(page.locator("[data-variant-was]")).to_be_hidden()
    expect(picker.locator("input[data-variant]")).to_have_value("2")
    expect(picker.get_by_label("夜航蓝")).to_be_disabled()
    picker.get_by_text("350ml").click()
    picker.get_by_text("夜航蓝").click()
    expect(price).to_have_text("¥62.00")
    expect(picker.get_by_label("250ml")).to_be_disabled()


def test_the_gallery_of_pictures_slides_and_zooms(visit: Visit) -> None:
    page, seen = visit("/_gallery/")
    pictures = page.locator("jishi-gallery")
    pictures.locator(".thumbs a").nth(1).click()
    expect(pictures.locator(".thumbs a").nth(1)).to_have_attribute("aria-current", "true")
    until(page, "document.querySelector('jishi-gallery .views').scrollLeft > 100")
    pictures.locator(".views a").nth(1).click()
    zoom = pictures.locator("dialog.zoom")
    expect(zoom).to_be_visible()
    expect(zoom.locator("img")).to_have_attribute("src", re.compile("gallery/mug-5.*svg"))
    page.keyboard.press("Escape")
    expect(zoom).to_be_hidden()
    assert seen == []


def test_a_toast_comes_with_undo(visit: Visit) -> None:
    page, _ = visit("/_gallery/")
    page.locator(".toast form button").first.click()
    toast = page.locator("jishi-toasts .toast")
    expect(toast).to_contain_text("已移除1件商品")
    expect(toast.get_by_role("button", name="撤销")).to_be_visible()


def test_ticking_the_head_ticks_all_and_the_bar_counts(visit: Visit) -> None:
    page, _ = visit("/_gallery/portal/")
    page.get_by_label("全选本页").check()
    assert page.locator("tbody .tick:checked").count() == page.locator("tbody .tick").count()
    expect(page.locator(".bulk")).to_be_visible()
    page.get_by_label("全选本页").uncheck()
    expect(page.locator(".bulk")).to_be_hidden()


def test_a_missing_page_offers_the_search(visit: Visit) -> None:
    page, _ = visit("/nowhere-at-all")
    screenshot(page, "error-404")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这个页面")
    expect(page.get_by_role("searchbox")).to_be_visible()
