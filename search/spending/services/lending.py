"""Where the money of an event comes from: its lease, and what the caps still have when that is short.

Order of locks: visitors by number, own leases by id, idle leases (never waited for), caps by id, then the wallet and
its books.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import DEFAULT_DB_ALIAS
from django.db.models import F

from market.money import MICRO_PER_MINOR
from market.shops.backend.statements import ask
from search.auction.contracts import Lease as LeaseNumbers
from search.auction.contracts import TokenKind, TokenState
from search.auction.leases import bill, top_up
from search.spending.models import Lease
from search.spending.rules.arrays import write_array
from search.spending.rules.naming import number_lock
from search.spending.services.leasing import save_leases, to_numbers
from search.spending.services.purse import OF_SHOP, Purse, open_purse
from search.spending.services.reports import Report

LOCK_SECONDS = 5
"""A click waits no longer for what another one holds: it is lost then, and costs nobody anything."""

_COLUMNS = ("id", "campaign_id", "shop_id", "day", "granted_micro", "billed_micro", "returned_micro", "closed_at")
_LOCK = (
    "WITH settings AS MATERIALIZED (SELECT set_config('lock_timeout', %s::text, true),"  # noqa: S608 - our own names
    " set_config('plan_cache_mode', 'force_generic_plan', true)),"
    " visitors AS MATERIALIZED (SELECT pg_advisory_xact_lock(number) FROM settings, unnest(%s::bigint[]) AS number)"
    f" SELECT {', '.join(_COLUMNS)} FROM spending_lease WHERE (SELECT count(*) FROM settings) > 0"
    " AND (SELECT count(*) FROM visitors) >= 0 AND id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
)
"""Visitors first, and then leases as they are by then. What was recorded is read by a later statement: this one's
snapshot is older than what it waited for. The plan of that and of the insert is the one that is kept: such are planned
for longer than they run."""

ShopDay = tuple[int, date]
MOST_IDLE = 200


@dataclass(slots=True)
class Till:
    """The locked leases of a batch; with a purse, they can be filled up from the caps.

    What is paid out of them is counted here; it leaves them by the statement that writes the events.
    """

    now: datetime
    leases: dict[int, Lease]
    idle: list[Lease] = field(default_factory=list)
    purse: Purse | None = None
    touched: set[int] = field(default_factory=set)
    paid: Counter[int] = field(default_factory=Counter)

    def find_lease(self, report: Report) -> Lease | None:
        """The lease of an event, if it is one of its ad's campaign and day."""
        row = self.leases.get(report.shown.lease)
        if row is None or (row.campaign_id, row.day) != (report.target.campaign_id, report.day):
            return None
        return row

    def pay(self, report: Report) -> int:
        """Take an event's price out of its lease, as far as there is money. Returns micro-fen, of a click whole fen.

        A merchant's clicks never leave a part of a fen to be carried: only views do.
        """
        row, price_micro = self.find_lease(report), report.shown.price_micro
        if row is None or not price_micro:
            return 0
        if self.purse is not None:
            self._fill(row, price_micro)
        numbers = self._count(row)
        if report.event.kind is TokenKind.CLICK:
            numbers = LeaseNumbers(numbers.granted_micro - numbers.rest_micro % MICRO_PER_MINOR, numbers.billed_micro)
        _, paid = bill(numbers, price_micro)
        self.paid[row.pk] += paid.billed_micro
        return paid.billed_micro

    def save(self) -> None:
        """Write what leases were filled up with and what they gave back; nothing without a purse."""
        if self.purse is None:
            return
        save_leases([row for row in [*self.leases.values(), *self.idle] if row.pk in self.touched])
        self.purse.save()

    def _count(self, row: Lease) -> LeaseNumbers:
        """A lease after what was paid out of it by now."""
        return LeaseNumbers(row.granted_micro, row.billed_micro + self.paid[row.pk])

    def _fill(self, row: Lease, price_micro: int) -> None:
        assert self.purse is not None
        lacking_micro = price_micro - self._count(row).rest_micro
        if lacking_micro <= 0 or row.campaign_id not in self.purse.campaign_ids:
            return
        self.purse.ask_wallet(row.campaign_id, lacking_micro, self.now)
        self._pull_in(row, lacking_micro)
        _, filled = top_up(self.purse.list_caps(row.campaign_id), self._count(row), price_micro)
        self.purse.take(row.campaign_id, filled.granted_micro - row.granted_micro)
        row.granted_micro = filled.granted_micro
        self.touched.add(row.pk)

    def _pull_in(self, row: Lease, lacking_micro: int) -> None:
        """Let idle leases give back what they have, where the caps are short of it."""
        assert self.purse is not None
        for idle in self.idle:
            short = [cap for cap in self.purse.list_caps(row.campaign_id) if cap.rest_micro < lacking_micro]
            if not short:
                return
            left_micro = to_numbers(idle).rest_micro
            if left_micro and (idle.campaign_id == row.campaign_id or all(cap.kind in OF_SHOP for cap in short)):
                idle.granted_micro -= left_micro
                idle.returned_micro += left_micro
                self.purse.take(idle.campaign_id, -left_micro)
                self.touched.add(idle.pk)


def lock_till(reports: Sequence[Report], now: datetime) -> Till:
    """Lock who clicked, and the leases that a batch may take money from: one statement.

    Clicks of one person on an ad, and of one network on a merchant's ads, come one after the other; others do not wait.
    """
    visitors = sorted(set(_number_visitors(reports)))
    leases = sorted({one.shown.lease for one in reports if one.shown.price_micro})
    rows = [
        Lease.from_db(DEFAULT_DB_ALIAS, _COLUMNS, row)
        for row in ask(_LOCK, [f"{LOCK_SECONDS}s", write_array(visitors), write_array(leases)])
    ]
    return Till(now, {row.pk: row for row in rows})


def _number_visitors(reports: Iterable[Report]) -> Iterator[int]:
    for report in reports:
        if report.event.kind is not TokenKind.VIEW:
            if report.facts.person:
                yield number_lock("person", report.facts.person, report.shown.ad)
            if report.facts.network:
                yield number_lock("network", report.facts.network, report.target.shop_id)


def list_short(till: Till, reports: Sequence[Report]) -> set[ShopDay]:
    """The shops and days of which a lease would not do for all its events."""
    demand: dict[int, int] = {}
    short: set[ShopDay] = set()
    for report in reports:
        row = till.find_lease(report) if report.event.state is TokenState.VALID else None
        if row is not None and report.shown.price_micro:
            demand[row.pk] = demand.get(row.pk, 0) + report.shown.price_micro
            if demand[row.pk] > to_numbers(row).rest_micro:
                short.add((row.shop_id, row.day))
    return short


def open_till(till: Till, reports: Sequence[Report]) -> None:
    """Let the leases of one shop and day be filled up: out of the caps, the wallet, and leases that stand idle."""
    rows = [row for report in reports if (row := till.find_lease(report)) is not None]
    if not rows:
        return
    shop_id, day = rows[0].shop_id, rows[0].day
    assert all((row.shop_id, row.day) == (shop_id, day) for row in rows)
    idle = Lease.objects.filter(
        shop_id=shop_id, day=day, closed_at__isnull=True, granted_micro__gt=F("billed_micro")
    ).exclude(pk__in=till.leases)
    till.idle = list(idle.order_by("pk").select_for_update(no_key=True, skip_locked=True)[:MOST_IDLE])
    till.purse = open_purse(shop_id=shop_id, day=day, campaign_ids={row.campaign_id for row in [*rows, *till.idle]})
    mine = till.purse.campaign_ids
    till.idle = [row for row in till.idle if row.campaign_id in mine]
