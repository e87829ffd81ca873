"""A real browser for tests: Debian's Chromium, headless, through Playwright.

    with open_browser() as browser, browser.new_page() as page:
        page.goto("http://jishi.localhost:8000/")
        screenshot(page, "home")            # .local/screenshots/home-1280.png and home-390.png

Chromium resolves every name under .localhost by itself.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

# Playwright's loop lives in this thread; Django would take it for an asynchronous view and refuse its database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("JISHI_CHROMIUM", "/usr/bin/chromium")
SCREENSHOTS = Path(__file__).resolve().parents[1] / ".local" / "screenshots"
WIDTHS = (1280, 390)
HEIGHTS = {1280: 900, 390: 844}
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """One Chromium; closed at the end whatever happens."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def new_context(
    browser: Browser,
    *,
    width: int = 1280,
    language: Literal["zh-CN", "en-GB"] = "zh-CN",
    dark: bool = False,
    scripts: bool = True,
    agent: str | None = None,
) -> BrowserContext:
    """A visitor with cookies of their own; `scripts=False` is one without JavaScript.

    Chromium says that it has no head, and what visitors do is not noted of programs: `agent=PERSON` says otherwise.
    """
    return browser.new_context(
        user_agent=agent,
        viewport={"width": width, "height": HEIGHTS[width]},
        locale=language,
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )


def screenshot(page: Page, name: str, *, widths: tuple[int, ...] = WIDTHS, full: bool = True) -> list[Path]:
    """Save the page at each width, whole unless told otherwise; the width it had comes back."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    paths = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 900)})
        page.wait_for_load_state()
        _load_lazy_pictures(page)
        if full:  # a window as tall as the page, so that sticking bars stand at its end and not across the middle
            height = int(page.evaluate("document.documentElement.scrollHeight"))
            page.set_viewport_size({"width": width, "height": max(height, HEIGHTS.get(width, 900))})
        path = SCREENSHOTS / f"{name}-{width}.png"
        page.screenshot(path=str(path), animations="disabled")
        paths.append(path)
    if before:
        page.set_viewport_size(before)
    return paths


def watch(page: Page) -> list[str]:
    """Collects what a visitor must never see in the console: errors, refusals by the CSP, failed requests.

    A beacon under way when the page is left is reported as aborted: it was sent, and nobody waits for an answer.
    """
    seen: list[str] = []

    def take_failure(request: Request) -> None:
        if request.resource_type not in {"ping", "beacon"}:
            seen.append(f"{request.url} {request.failure}")

    page.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("requestfailed", take_failure)
    return seen


def until(page: Page, expression: str, *, seconds: float = 5) -> None:
    """Wait for a JavaScript expression to hold. Playwright's own wait_for_function evaluates inside the page, which the
    CSP refuses."""
    ends = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > ends:
            raise AssertionError(f"{expression} did not come true within {seconds} s")
        page.wait_for_timeout(50)


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window; 0 is right."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def list_cut(page: Page) -> list[tuple[str, int]]:
    """The tables of which a part is hidden in a side scroll, by their first head, and how many pixels of it."""
    script = """() => [...document.querySelectorAll(".table-box")].map((box) =>
        [box.querySelector("th").textContent, box.scrollWidth - box.clientWidth]).filter((found) => found[1] > 0)"""
    return [(head, pixels) for head, pixels in page.evaluate(script)]


def _load_lazy_pictures(page: Page) -> None:
    page.evaluate(
        """async () => {
            const pictures = [...document.querySelectorAll("img[loading=lazy]")];
            for (const picture of pictures) picture.loading = "eager";
            window.scrollTo(0, 0); // a focused field further down would leave sticking bars in the middle
            const all = [...document.images].filter((picture) => !picture.complete);
            const loaded = Promise.all(all.map((picture) => picture.decode().catch(() => null)));
            await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, 5000))]);
        }"""
    )
