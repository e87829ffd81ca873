"""Where visitors are delivered to and which trades they look at: worked out behind pages, kept for ten minutes.

A page asks no table for it: it takes what is known, and leaves a wish. Whoever said no is nobody here.
"""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connections
from django.db.utils import DatabaseError, InterfaceError
from django.utils import timezone

from billing.checkout.selectors import list_shops_bought_at
from market.accounts.selectors import find_default_address
from market.taxonomy.selectors import get_tree
from search.auction.audiences import MOST_INTERESTS
from search.listings.keeping import Memory
from search.signals.contracts import EventKind
from search.signals.selectors import is_counted, list_own_events

log = structlog.get_logger(__name__)

KEPT_SECONDS = 600
LOOKED_BACK = timedelta(days=30)
MOST_KEPT = 10_000
MOST_WISHES = 200
_KINDS = (EventKind.VIEWED, EventKind.CLICKED)
_known: Memory["Traits"] = Memory(MOST_KEPT)


@dataclass(frozen=True, slots=True)
class Traits:
    """A province code or "", a bit for each uppermost category that was looked at (its place in the tree), and the
    shops where something was bought; None where that may not be known or is not worked out yet."""

    region: str = ""
    audiences: int = 0
    bought_at: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose traits are wanted."""

    person: str
    user_id: int | None

    def name(self, now: datetime) -> tuple[str, int | None, int]:
        """What they are kept under: anew every ten minutes."""
        return self.person, self.user_id, int(now.timestamp()) // KEPT_SECONDS


NOBODY = Traits()


class _Wishes:
    """Wishes of pages, and the thread of this process that sees to them."""

    def __init__(self) -> None:
        self._wishes: dict[Wish, None] = {}
        self._guard = threading.Lock()
        self._filled = threading.Event()
        self._started_in = 0

    def add(self, wish: Wish) -> None:
        with self._guard:
            if len(self._wishes) < MOST_WISHES:
                self._wishes[wish] = None
            if not settings.ADS_BACKGROUND:
                return
            if self._started_in != os.getpid():
                threading.Thread(target=self._run, name="traits of visitors", daemon=True).start()
                self._started_in = os.getpid()
        self._filled.set()

    def take(self) -> list[Wish]:
        with self._guard:
            wishes, self._wishes = list(self._wishes), {}
        return wishes

    def _run(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            try:
                load_wishes(timezone.now())
            except (DatabaseError, InterfaceError, OSError) as error:
                log.warning("ads.traits_not_read", error=type(error).__name__)
            except Exception:  # the edge of a thread: logged, and the next wish is tried
                log.exception("ads.traits_failed")
            finally:
                connections.close_all()


_wishes = _Wishes()


def find_traits(wish: Wish, now: datetime) -> Traits:
    """What is known of somebody; nothing at first, and then what was worked out meanwhile. No statement."""
    if not wish.person and wish.user_id is None:
        return NOBODY
    known = _known.find(wish.name(now))
    if known is None:
        _wishes.add(wish)
    return known or NOBODY


def load_wishes(now: datetime) -> int:
    """Work out what pages wanted: five statements each. Returns for how many."""
    wishes = _wishes.take()
    for wish in wishes:
        _known.keep(wish.name(now), _find_traits(wish, now))
    return len(wishes)


def _find_traits(wish: Wish, now: datetime) -> Traits:
    """Of somebody who said no on whatever device, nothing but where parcels go."""
    region = _find_region(wish.user_id)
    if not wish.person or not is_counted(wish.person):
        return Traits(region)
    bought_at = list_shops_bought_at(wish.user_id) if wish.user_id is not None else frozenset()
    return Traits(region, _find_audiences(wish.person, now), bought_at)


def _find_region(user_id: int | None) -> str:
    address = find_default_address(user_id) if user_id is not None else None
    return address.province_code if address else ""


def _find_audiences(person: str, now: datetime) -> int:
    events = list_own_events(person=person, kinds=_KINDS, since=now - LOOKED_BACK)
    tree = get_tree()
    nodes = [node for event in events if (node := tree.nodes.get(event.category_id or 0))]
    return join_trades((node.ancestors[0] if node.ancestors else node.category_id for node in nodes), tree.tops)


def join_trades(trades: Iterable[int], tops: Iterable[int]) -> int:
    """The bits of uppermost categories, by their place among all of them."""
    bit_of = {category_id: 1 << place for place, category_id in enumerate(list(tops)[:MOST_INTERESTS])}
    bits = 0
    for category_id in trades:
        bits |= bit_of.get(category_id, 0)
    return bits
