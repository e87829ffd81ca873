"""The search box in a real browser: keys, an input method, a finger, what was looked for before, and no script."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from search.suggestions.services import catch_up
from tests.browser import new_context, open_browser, overflow, screenshot, until, watch
from tests.fixtures.api import list_product
from tests.fixtures.served import served

pytestmark = pytest.mark.browser


class Complaints:
    """What the console complained about, without questions that were taken back, as they should be."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def list(self) -> list[str]:
        return [line for line in self._seen if not ("/suggest?" in line and line.endswith("ERR_ABORTED"))]


Visit = Callable[..., tuple[Page, Complaints]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def visit(committed_db, street, browser: Browser) -> Iterator[Visit]:
    """The market's pages with some lamps, opened as a new visitor."""
    load_taxonomy()
    tree = get_tree(fresh=True)
    category = tree.list_children(tree.tops[0])[0]
    for number in range(4):
        title, brand = ("青釉宫灯", "Gong & Co") if number % 2 else ("琉璃宫灯", "")
        shop = street.shops[number % 2]
        list_product(shop, sku=f"L-{number}", title=title, brand=brand, category_id=category.category_id)
        list_product(shop, sku=f"G-{number}", title="工夫茶具")
    catch_up()
    street.index()
    with ExitStack() as closing, served() as port:

        def open_page(path: str = "/shops/", **visitor: Any) -> tuple[Page, Complaints]:
            context = closing.enter_context(new_context(browser, **visitor))
            page = context.new_page()
            seen = Complaints(watch(page))
            page.goto(f"http://{settings.MARKET_HOST}:{port}{path}")
            return page, seen

        yield open_page


def box(page: Page):
    return page.locator("#q")


def rows(page: Page):
    return page.locator("#meant [role=option]")


def test_keys_walk_through_the_rows_and_enter_follows_one(visit: Visit) -> None:
    page, seen = visit()
    assert box(page).get_attribute("role") == "combobox" and box(page).get_attribute("aria-expanded") == "false"
    box(page).press_sequentially("gongd", delay=20)
    expect(rows(page).first).to_contain_text("宫灯")
    assert box(page).get_attribute("aria-expanded") == "true"
    count = rows(page).count()
    for key, active in (("ArrowDown", 0), ("ArrowUp", None), ("ArrowUp", count - 1), ("ArrowDown", None)):
        box(page).press(key)
        expected = None if active is None else rows(page).nth(active).get_attribute("id")
        assert box(page).get_attribute("aria-activedescendant") == expected, key
    box(page).press("ArrowDown")
    assert rows(page).first.get_attribute("aria-selected") == "true"
    for key in ("Home", "End"):
        box(page).press("ArrowDown")
        box(page).press(key)
        assert box(page).get_attribute("aria-activedescendant") is None
    box(page).press("Escape")
    expect(page.locator("#meant")).to_be_hidden()
    assert box(page).input_value() == "gongd"
    box(page).press("Escape")
    assert box(page).input_value() == ""
    box(page).fill("gongdeng")
    expect(rows(page).first).to_contain_text("宫灯")
    box(page).press("ArrowDown")
    box(page).press("Enter")
    page.wait_for_url("**/search?q=%E5%AE%AB%E7%81%AF*")
    assert seen.list() == []


def test_an_input_method_is_left_alone_until_it_is_done(visit: Visit) -> None:
    page, seen = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggest" in request.url else None)
    box(page).focus()
    page.wait_for_timeout(300)
    asked.clear()
    session = page.context.new_cdp_session(page)
    for composed in ("g", "go", "gong d", "gong deng"):
        session.send("Input.imeSetComposition", {"text": composed, "selectionStart": len(composed), "selectionEnd": 0})
        page.wait_for_timeout(200)
    assert box(page).input_value() == "gong deng" and asked == []
    page.evaluate(
        "document.querySelector('#q').dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', keyCode: 229, isComposing: true, bubbles: true, cancelable: true}))"
    )
    page.evaluate("document.querySelector('form.search').requestSubmit()")
    page.wait_for_timeout(200)
    assert page.url.endswith("/shops/") and asked == []
    session.send("Input.insertText", {"text": "宫灯"})
    expect(rows(page).first).to_contain_text("宫灯")
    assert len(asked) == 1 and "q=%E5%AE%AB%E7%81%AF" in asked[0]
    assert seen.list() == []


def test_an_answer_that_comes_late_is_dropped(visit: Visit) -> None:
    page, _ = visit()

    def answer(route) -> None:
        typed = route.request.url.rpartition("q=")[2]
        if typed == "go":
            page.wait_for_timeout(700)
        route.fulfill(body=f'<a role="option" href="/">{typed}</a>', content_type="text/html")

    page.route("**/search/suggest**", answer)
    box(page).fill("go")
    page.wait_for_timeout(200)
    box(page).fill("gong")
    expect(rows(page)).to_have_text("gong")
    page.wait_for_timeout(900)
    expect(rows(page)).to_have_text("gong")


def test_what_was_looked_for_is_offered_and_can_be_forgotten(visit: Visit) -> None:
    page, seen = visit()
    for words in ("红茶", "<b>宫灯</b>", "茶具"):
        box(page).fill(words)
        box(page).press("Enter")
        page.wait_for_url("**/search?q=*")
    box(page).fill("")
    expect(rows(page).first).to_contain_text("茶具")
    assert page.locator("#meant b b").count() == 0 and page.locator("[data-recent]").nth(2).inner_text()
    recent = page.locator("#meant [data-text][data-recent]")
    assert [recent.nth(number).get_attribute("data-text") for number in range(3)] == ["茶具", "<b>宫灯</b>", "红茶"]
    recent.first.locator("[data-drop]").click()
    expect(recent).to_have_count(2)
    box(page).press("ArrowDown")
    box(page).press("Delete")
    expect(recent).to_have_count(1)
    page.locator("#meant [data-forget]").click()
    expect(recent).to_have_count(0)
    assert page.evaluate("localStorage.getItem('jishi-recent')") is None
    expect(page.locator("#meant")).to_contain_text("热搜")
    assert seen.list() == []


def test_nothing_is_kept_where_personal_use_is_off(visit: Visit) -> None:
    page, _ = visit()
    page.evaluate("localStorage.setItem('jishi-recent', '[\"红茶\"]')")

    body = page.content().replace("<main ", '<main data-personal="off" ')
    page.route("**/shops/", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.reload()
    until(page, "localStorage.getItem('jishi-recent') === null")
    page.unroute("**/shops/")
    box(page).fill("宫灯")
    box(page).press("Enter")
    page.wait_for_url("**/search?q=*")
    assert page.evaluate("localStorage.getItem('jishi-recent')") is None


def test_on_a_phone_the_rows_are_as_wide_as_the_page_and_a_finger_follows_them(visit: Visit) -> None:
    page, seen = visit(width=390)
    box(page).fill("gongdeng")
    expect(rows(page).first).to_contain_text("宫灯")
    assert overflow(page) == 0
    place = page.locator("#meant").bounding_box()
    assert place["x"] <= 16 and place["width"] >= 358
    assert rows(page).first.bounding_box()["height"] >= 44
    rows(page).first.click()
    page.wait_for_url("**/search?q=*")
    assert seen.list() == []


def test_without_a_script_the_box_is_a_form(visit: Visit) -> None:
    page, _ = visit(scripts=False)
    assert page.locator("#meant").is_hidden()
    box(page).fill("宫灯")
    page.locator("form.search button").click()
    page.wait_for_url("**/search?q=*")
    assert page.locator(".product").count() == 4


@pytest.mark.parametrize(("language", "dark"), [("zh-CN", False), ("zh-CN", True), ("en-GB", False)])
def test_the_rows_can_be_looked_at(visit: Visit, language: str, dark: bool) -> None:
    name = f"suggest{'' if language == 'zh-CN' else '.en'}{'-dark' if dark else ''}"
    for width in (1280, 390):
        page, seen = visit(language=language, dark=dark, width=width)
        page.evaluate("localStorage.setItem('jishi-recent', '[\"红茶\", \"office lamp\"]')")
        box(page).fill("g")
        expect(rows(page).first).to_be_visible()
        box(page).press("ArrowDown")
        assert screenshot(page, name, widths=(width,), full=False)[0].stat().st_size > 5_000
        box(page).fill("")
        expect(page.locator("#meant [data-recent]").first).to_be_visible()
        assert screenshot(page, f"{name}-empty", widths=(width,), full=False)[0].stat().st_size > 5_000
        assert seen.list() == [] and overflow(page) == 0
