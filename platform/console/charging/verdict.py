"""Whether charging is well, in one line: the worst that is wrong, or that nothing is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

from billing.ledger.contracts import PosterHealth
from billing.settlement.services.days import business_date
from console.templatetags.console import lasting
from market.outbox.contracts import OutboxHealth
from search.spending.contracts import ChargingHealth, LeaseCount

LATE_SECONDS = 2 * 3_600
"""An hour is charged two minutes after its end; who is two hours behind does not run."""
LEAST_DAYS_AHEAD = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A tone of a banner and a sentence."""

    tone: str
    sentence: str


def judge(
    health: ChargingHealth, leases: LeaseCount, outbox: OutboxHealth, poster: PosterHealth, *, now: datetime
) -> list[Verdict]:
    """Everything that is wrong, the worst first; one good verdict where nothing is."""
    verdicts = [*_list_bad(health, now), *_list_warnings(health, leases, outbox, poster, now)]
    return verdicts or [
        Verdict("good", gettext("Charging is well: every hour that is over is charged, and every charge is proven."))
    ]


def _list_bad(health: ChargingHealth, now: datetime) -> list[Verdict]:
    found = []
    if broken := len(health.broken_hours):
        said = ngettext(
            "The proof of %(count)s charge fails: it is not the sum of its events. Find out why first.",
            "The proof of %(count)s charges fails: they are not the sums of their events. Find out why first.",
            broken,
        )
        found.append(Verdict("bad", said % {"count": broken}))
    if health.lag_seconds >= LATE_SECONDS:
        said = gettext("Charging is behind by %(span)s: look whether the workers and timers run.")
        found.append(Verdict("bad", said % {"span": lasting(health.lag_seconds)}))
    if health.misplaced_rows:
        said = ngettext(
            "%(count)s event lies outside the table of its day. Run make_ad_partitions.",
            "%(count)s events lie outside the tables of their days. Run make_ad_partitions.",
            health.misplaced_rows,
        )
        found.append(Verdict("bad", said % {"count": health.misplaced_rows}))
    if health.partitions_until is None or health.partitions_until < business_date(now):
        found.append(Verdict("bad", gettext("There is no table for today's events. Run make_ad_partitions.")))
    return found


def _list_warnings(
    health: ChargingHealth, leases: LeaseCount, outbox: OutboxHealth, poster: PosterHealth, now: datetime
) -> list[Verdict]:
    found = []
    if leases.overdue:
        said = ngettext(
            "%(count)s lease is over and was not closed: its money is neither spent nor free.",
            "%(count)s leases are over and were not closed: their money is neither spent nor free.",
            leases.overdue,
        )
        found.append(Verdict("warn", said % {"count": leases.overdue}))
    if health.unproven_hours:
        said = ngettext(
            "%(count)s charge is not proven yet.", "%(count)s charges are not proven yet.", health.unproven_hours
        )
        found.append(Verdict("warn", said % {"count": health.unproven_hours}))
    if health.partitions_until is not None and business_date(now) <= health.partitions_until < (
        business_date(now) + LEAST_DAYS_AHEAD
    ):
        said = gettext("There are tables for events until %(day)s only. Run make_ad_partitions.")
        found.append(Verdict("warn", said % {"day": health.partitions_until.isoformat()}))
    if parked := outbox.parked + poster.parked:
        said = ngettext(
            "%(count)s piece of work is parked: it failed too often and waits for somebody.",
            "%(count)s pieces of work are parked: they failed too often and wait for somebody.",
            parked,
        )
        found.append(Verdict("warn", said % {"count": parked}))
    return found
