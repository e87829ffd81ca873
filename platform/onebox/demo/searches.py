"""A month of made-up searches, so that staff pages and recommendations of the demo have something to show.

Nobody stands behind them: visitors are guests whose keys no browser can have, and the staff page of a demo says so.
What a search finds is asked of search itself; how often a place is looked at and an offer liked is drawn by lot.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from search.listings.contracts import SearchQuery
from search.listings.selectors import search
from search.signals.contracts import EventKind, Report, Sighting
from search.signals.rules.clicks import weigh_position
from search.signals.rules.words import make_query
from search.signals.selectors import is_known
from search.signals.services import count_events, name_person, record_reports

DAYS = 28
VISITORS = 160
FEWEST_A_DAY, MOST_A_DAY = 14, 34
SHOWN = 12
LIKED = (0.1, 0.5)
INTO_THE_CART, BOUGHT = 0.2, 0.4
# In the order of how often they are asked; the last ones are what a market of crafts does not have.
WORDS = (
    "马克杯", "茶", "台灯", "绿茶", "mug", "帆布包", "笔记本", "花瓶", "积木", "耳机", "teapot", "羊毛", "手机壳",
    "拼图", "lamp", "帽子", "碗", "notebook", "书签", "blanket", "普洱", "无人机", "投影仪", "drone", "滑雪板",
    "剃须刀",
)  # fmt: skip


def load_searches(*, now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Write the month that ends now, unless there is one already. Returns how many events were written."""
    if is_known(_name_visitor(0)):
        return 0
    chance = random.Random(20261128)
    found = {words: search(SearchQuery(words=words, size=SHOWN, with_facets=False)) for words in WORDS}
    hits = {words: [card.listing_id for card in page.hits] for words, page in found.items()}
    totals = {words: page.total for words, page in found.items()}
    liked = {pk: chance.uniform(*LIKED) for pk in sorted({pk for pks in hits.values() for pk in pks})}
    written = 0
    for day in range(DAYS):
        reports = list(_make_day(now - timedelta(days=DAYS - 1 - day), day, hits, totals, liked, chance))
        written += record_reports(reports=reports, now=now)
        progress("past searches", day + 1, DAYS)
    while count_events():
        pass
    return written


def _make_day(
    at: datetime,
    day: int,
    hits: dict[str, list[int]],
    totals: dict[str, int],
    liked: dict[int, float],
    chance: random.Random,
) -> Iterator[Report]:
    """Some visitors of one day, more the later the day; number 0 is always among them."""
    many = FEWEST_A_DAY + (MOST_A_DAY - FEWEST_A_DAY) * day // DAYS
    often = [1 / (place + 2) for place in range(len(WORDS))]
    for visitor in [0, *chance.sample(range(1, VISITORS), many)]:
        moment = at - timedelta(minutes=chance.randrange(5, 600))
        for number, words in enumerate(dict.fromkeys(chance.choices(WORDS, often, k=chance.choice((1, 1, 2, 3))))):
            name = f"demo-search-{day}-{visitor}-{number}"
            person, query = _name_visitor(visitor), make_query(words)
            searched = (Sighting(EventKind.SEARCHED),)
            yield Report(name, moment, person, searched, query=query, language="zh-hans", total=totals[words])
            for seen in _look(hits[words], liked, chance):
                yield Report(name, moment, person, tuple(seen), query=query, language="zh-hans")


def _look(listing_ids: Sequence[int], liked: dict[int, float], chance: random.Random) -> Iterator[list[Sighting]]:
    """What one visitor sees of a list, opens, puts into the cart and buys."""
    if not listing_ids:
        return
    yield [Sighting(EventKind.SHOWN, pk, place) for place, pk in enumerate(listing_ids, 1)]
    for place, pk in enumerate(listing_ids, 1):
        if chance.random() >= liked[pk] * weigh_position(place) / 10_000:
            continue
        deeds = [Sighting(EventKind.CLICKED, pk, place), Sighting(EventKind.VIEWED, pk)]
        if chance.random() < INTO_THE_CART:
            deeds.append(Sighting(EventKind.CARTED, pk))
            if chance.random() < BOUGHT:
                deeds.append(Sighting(EventKind.BOUGHT, pk))
        yield deeds


def _name_visitor(number: int) -> str:
    """A guest of the demo; a browser's key has 43 characters, so that nobody's cookie is one of these."""
    return name_person(guest_key=f"demo-visitor-{number}")
