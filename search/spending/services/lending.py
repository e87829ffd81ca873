"""Where the money of an event comes from: its lease, and what the caps still have when that is short.

Order of locks: own leases, idle leases (never waited for), caps by id, then the wallet and its books.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F

from market.money import MICRO_PER_MINOR
from search.auction.contracts import Lease as LeaseNumbers
from search.auction.contracts import TokenKind, TokenState
from search.auction.leases import bill, top_up
from search.campaigns.selectors import get_budgets
from search.spending.models import Lease
from search.spending.services.leasing import save_leases, to_numbers
from search.spending.services.purse import OF_SHOP, Purse, open_purse
from search.spending.services.reports import Report

_LOCK = "SELECT * FROM spending_lease WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
ShopDay = tuple[int, date]
MOST_IDLE = 200


@dataclass(slots=True)
class Till:
    """The locked leases of a batch; with a purse, they can be filled up from the caps."""

    now: datetime
    leases: dict[int, Lease]
    idle: list[Lease] = field(default_factory=list)
    purse: Purse | None = None
    touched: set[int] = field(default_factory=set)

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
        numbers = to_numbers(row)
        if report.event.kind is TokenKind.CLICK:
            numbers = LeaseNumbers(numbers.granted_micro - numbers.rest_micro % MICRO_PER_MINOR, numbers.billed_micro)
        _, paid = bill(numbers, price_micro)
        row.billed_micro += paid.billed_micro
        self.touched.add(row.pk)
        return paid.billed_micro

    def take_back(self, report: Report, billed_micro: int) -> None:
        """An event that turned out to be recorded already costs nothing a second time."""
        if row := self.find_lease(report):
            row.billed_micro -= billed_micro

    def save(self) -> None:
        """Write leases and caps."""
        rows = [row for row in [*self.leases.values(), *self.idle] if row.pk in self.touched]
        save_leases(rows)
        if self.purse is not None:
            self.purse.save()

    def _fill(self, row: Lease, price_micro: int) -> None:
        assert self.purse is not None
        lacking_micro = price_micro - to_numbers(row).rest_micro
        if lacking_micro <= 0 or row.campaign_id not in self.purse.campaign_ids:
            return
        self.purse.ask_wallet(row.campaign_id, lacking_micro, self.now)
        self._pull_in(row, lacking_micro)
        _, filled = top_up(self.purse.list_caps(row.campaign_id), to_numbers(row), price_micro)
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


def lock_leases(reports: Sequence[Report], now: datetime) -> Till:
    """Lock the leases that a batch may take money from, in the order of their ids."""
    wanted = sorted({one.shown.lease for one in reports if one.shown.price_micro})
    rows = Lease.objects.raw(_LOCK, [wanted]) if wanted else ()
    return Till(now, {row.pk: row for row in rows})


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
    budgets = get_budgets({row.campaign_id for row in [*rows, *till.idle]})
    mine = {number: budget for number, budget in budgets.items() if budget.shop_id == shop_id}
    till.idle = [row for row in till.idle if row.campaign_id in mine]
    till.purse = open_purse(shop_id=shop_id, day=day, budgets=mine)
