"""What pages call: a click, a page's views, how long what followed was looked at."""

from collections.abc import Sequence
from datetime import datetime

from search.auction.ad_tokens import read_token
from search.auction.contracts import TokenKind
from search.spending.contracts import AdTarget, ClickOutcome, ClickReport, VisitorFacts
from search.spending.models import AdEvent
from search.spending.rules.days import name_day
from search.spending.rules.naming import digest_token
from search.spending.services.combining import Combiner
from search.spending.services.keys import get_key_ring
from search.spending.services.lookups import look_up
from search.spending.services.recording import MOST_AT_ONCE, record_clicks, record_viewed

LONGEST_DWELL_MS = 3_600_000

_clicks: Combiner[ClickReport, ClickOutcome] = Combiner(record_clicks, MOST_AT_ONCE)


def record_click(*, token: str, facts: VisitorFacts, now: datetime) -> ClickOutcome:
    """Record one click, together with those that other threads of this process bring meanwhile.

    Never raises for what the visitor sent; what the database refuses rises, and the page should go on without.
    """
    return _clicks.submit(ClickReport(token=token, facts=facts, at=now))


def find_target(token: str) -> AdTarget | None:
    """Where a token of ours leads, recorded or not: no statement where the process knows it. None for any other."""
    try:
        shown = read_token(token, get_key_ring(), now_second=0)
    except ValueError:
        return None
    return look_up(ad_ids={shown.ad}, days=()).targets.get(shown.ad)


def record_views(*, tokens: Sequence[str], facts: VisitorFacts, now: datetime) -> int:
    """Record viewable views of one page. Returns how many are new and valid; those beyond 64 are left out."""
    reports = [ClickReport(token=token, facts=facts, at=now) for token in dict.fromkeys(tokens[:MOST_AT_ONCE])]
    return sum(not verdict.reason for verdict in record_viewed(reports))


def record_dwell(*, token: str, dwell_ms: int, now: datetime) -> bool:
    """Note how long the page after a click was looked at, by the click's token; the longest that is told counts."""
    try:
        shown = read_token(token, get_key_ring(), now_second=int(now.timestamp()))
    except ValueError:
        return False
    if shown.kind is TokenKind.VIEW:
        return False
    dwell = max(0, min(dwell_ms, LONGEST_DWELL_MS))
    rows = AdEvent.objects.filter(day=name_day(shown.day), token=digest_token(token), kind=shown.kind.value)
    return bool(rows.exclude(dwell_ms__gte=dwell).update(dwell_ms=dwell))
