"""What questions came to, for whoever asks the same next: until anything changes that they were answered by.

Money is counted again each second, and with it all answers are anew. What is drawn by lot, hangs on what a visitor saw
before, or lacks money only, is answered each time.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from operator import is_

from search.campaigns.contracts import CampaignKind
from search.serving.contracts import AdAsk
from search.serving.rules.choosing import Chosen

MOST_BYTES = 4 * 1024 * 1024
"""Of answers: a thousand with a few ads each, most of it shared with `rules.choosing`."""

QUARTER_SECONDS = 15 * 60
"""No hour and no day begins anywhere but with a quarter of an hour, whatever the time zone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The auction of a question, and the campaigns that took part or could have. `made_by` are the very budgets,
    floors, reserves, scores and rules that it was answered by, `version` that of the index (odd: it was changing)."""

    made_by: tuple[object, ...]
    version: int
    day: date
    asked: tuple[int, ...]
    chosen: Chosen

    def weigh(self) -> int:
        """Bytes, roughly."""
        return self.chosen.auction.weigh()

    def holds(self, made_by: tuple[object, ...], version: int) -> bool:
        """Whether it would be the same now."""
        return self.version == version and not version % 2 and all(map(is_, self.made_by, made_by))


def name_question(ask: AdAsk, kind: CampaignKind, taken: set[int], now: datetime) -> Hashable:
    """All that an answer hangs on beside the state of the process. `taken` are shops that have an ad on the page."""
    about = (ask.page, ask.tokens, ask.category_id, ask.trade_id, ask.product)
    visitor = (ask.region, ask.audiences, ask.bought_at)
    quarter = int(now.timestamp()) // QUARTER_SECONDS
    return kind, ask.places[kind], quarter, about, visitor, frozenset(taken)
