"""What the page of search's health shows of some days: figures and charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, pgettext

from search.signals.contracts import DayFigures, HotWord, PositionFigures, QueryFigures
from search.signals.rules.clicks import weigh_position
from search.signals.selectors import list_hot_words, list_positions, list_queries, list_unanswered, sum_days
from web.charts import Chart, draw_line

SPANS = (7, 28, 90)
MOST_QUERIES = 30
MOST_POSITIONS = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What people asked in a span of days, and what came of it."""

    days: Sequence[DayFigures]
    queries: Sequence[QueryFigures]
    unanswered: Sequence[QueryFigures]
    positions: Sequence[PositionFigures]
    hot_words: Sequence[HotWord]

    @property
    def searches(self) -> int:
        return sum(day.searches for day in self.days)

    @property
    def nothing_found_bps(self) -> int:
        """Of 10,000 searches, so many found nothing."""
        return _bps(sum(day.nothing_found for day in self.days), self.searches)

    @property
    def visitors(self) -> int:
        return sum(day.visitors for day in self.days)

    @property
    def click_through_bps(self) -> int:
        """Of 10,000 who asked, so many opened something."""
        return _bps(sum(day.clickers for day in self.days), self.visitors)


def read_asked(*, today: date, days: int) -> Asked:
    """The last days, today included: six statements."""
    since = today - timedelta(days=days - 1)
    return Asked(
        days=sum_days(since=since, until=today),
        queries=list_queries(since=since, until=today, limit=MOST_QUERIES),
        unanswered=list_unanswered(since=since, until=today, limit=MOST_QUERIES),
        positions=list_positions(since=since, until=today, most=MOST_POSITIONS),
        hot_words=list_hot_words(today=today),
    )


def draw_days(asked: Asked) -> Chart:
    """Searches a day, and how many of them found nothing (dashed)."""
    finding = gettext("%(searches)s searches in %(days)s days, %(share)s%% found nothing.") % {
        "searches": asked.searches,
        "days": len(asked.days),
        "share": f"{asked.nothing_found_bps / 100:g}",
    }
    return draw_line(
        finding=finding,
        labels=[day.day.strftime("%m-%d") for day in asked.days],
        values=[day.searches for day in asked.days],
        before=[day.nothing_found for day in asked.days],
        names=(gettext("Searches"), gettext("found nothing")),
    )


def draw_positions(asked: Asked) -> Chart | None:
    """Clicks per showing by place, beside what the place alone would make of average goods; None without a showing."""
    if not asked.positions:
        return None
    shares = [100 * place.click_through for place in asked.positions]
    average = sum(place.clicked for place in asked.positions) / _examined(asked.positions)
    expected = [100 * average * weigh_position(place.position) / 10_000 for place in asked.positions]
    return draw_line(
        finding=gettext("Of 100 showings at the first place, %(share)s are opened.") % {"share": f"{shares[0]:.1f}"},
        labels=[str(place.position) for place in asked.positions],
        values=shares,
        before=expected,
        texts=[f"{share:.1f}" for share in shares],
        before_texts=[f"{share:.1f}" for share in expected],
        names=(pgettext("click-through", "Measured"), gettext("by the place alone")),
    )


def _examined(positions: Sequence[PositionFigures]) -> float:
    return max(sum(place.shown * weigh_position(place.position) / 10_000 for place in positions), 1.0)


def _bps(part: int, whole: int) -> int:
    return round(10_000 * part / whole) if whole else 0
