"""What simulated shoppers do: look at the home page, search, look at ads and goods, click some of both."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from urllib.parse import quote

from onebox.shoppers.browser import Page, Shopper, Troubles

WORDS = ("马克杯", "茶", "台灯", "笔记本", "花瓶", "绿茶", "帆布包", "帽子", "mug", "lamp", "notebook", "耳机")
SEARCHES = (1, 1, 2, 3)
CLICKED, LOOKED_AT = 0.15, 0.4
"""How often an ad that was seen is clicked, and goods of a list are opened."""


@dataclass(frozen=True, slots=True)
class Market:
    """Where it is, and how long people look: 1.0 is as long as they do (a view counts after a second)."""

    host: str
    port: int
    pace: float = 1.0


def simulate(market: Market, *, visits: int, at_once: int, seed: int, progress: Callable[[int], None]) -> Counter[str]:
    """So many visits, some at once. `progress` is told how many are done. Returns what happened how often."""
    happened: Counter[str] = Counter()
    with ThreadPoolExecutor(at_once) as pool:
        running = [pool.submit(visit, market, random.Random(seed * 1_000_003 + number)) for number in range(visits)]
        for done, one in enumerate(as_completed(running), start=1):
            happened += one.result()
            progress(done)
    return happened


def visit(market: Market, chance: random.Random) -> Counter[str]:
    """One shopper's way through the market. A market that does not answer ends it."""
    happened: Counter[str] = Counter()
    try:
        with Shopper(market.host, market.port, chance.randrange(10**9)) as shopper:
            _look(shopper, shopper.open("/"), market, chance, happened)
            for words in chance.choices(WORDS, k=chance.choice(SEARCHES)):
                _look(shopper, shopper.open(f"/search?q={quote(words)}"), market, chance, happened)
    except Troubles as trouble:
        happened[f"failed: {type(trouble).__name__}"] += 1
    return happened


def _look(shopper: Shopper, page: Page, market: Market, chance: random.Random, happened: Counter[str]) -> None:
    """Look at a page: its ads are drawn and seen, one may be clicked, or goods are opened."""
    happened["pages" if page.status == 200 else f"answers {page.status}"] += 1
    if page.view_tokens:
        shopper.tell({"rendered": list(page.view_tokens)})
    if page.view_tokens or page.lots:
        time.sleep(market.pace * chance.uniform(1.0, 2.0))
        shopper.tell({"viewed": list(page.view_tokens), "lots": list(page.lots)})
        happened["views"] += len(page.view_tokens) + len(page.lots)
    if page.ad_links and chance.random() < CLICKED * len(page.ad_links):
        _click(shopper, chance.choice(page.ad_links), market, chance, happened)
    elif page.lot_links and chance.random() < CLICKED * len(page.lot_links):
        happened["clicks"] += shopper.open(chance.choice(page.lot_links)).status == 303
    elif page.goods_links and chance.random() < LOOKED_AT:
        happened["pages"] += shopper.open(chance.choice(page.goods_links)).status == 200


def _click(shopper: Shopper, link: str, market: Market, chance: random.Random, happened: Counter[str]) -> None:
    answer = shopper.open(link)
    happened["clicks"] += 1
    if answer.status != 303:
        happened[f"clicks answered {answer.status}"] += 1
        return
    happened["pages"] += shopper.open(answer.location).status == 200
    looked_ms = chance.randint(2_000, 40_000)
    time.sleep(market.pace * 0.5)
    shopper.tell({"dwell": {"token": link.split("/")[2], "ms": looked_ms}})
