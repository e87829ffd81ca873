"""The caps of one shop and day in hand: locked in id order, their limits fresh, written back by conditional updates.

Who holds a purse may also hold leases, which are locked before; nobody waits for a lease with a purse in hand.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from django.db.models import F, Q

from billing.wallets.selectors import get_wallet
from billing.wallets.services import hold_for_day
from market.money import MICRO_PER_MINOR
from market.shops.backend.statements import ask
from search.auction.contracts import Cap as CapNumbers
from search.auction.contracts import CapKind
from search.auction.leases import size_grant
from search.campaigns.contracts import CampaignBudget
from search.campaigns.selectors import get_budgets
from search.spending.models import Cap
from search.spending.rules.arrays import write_array

NO_LIMIT_MICRO = 1 << 62
OF_SHOP = frozenset({CapKind.MERCHANT_DAY, CapKind.WALLET})
CapKey = tuple[CapKind, int, date | None]

_TAKE = (
    "UPDATE spending_cap AS cap SET taken_micro = cap.taken_micro + taken.micro"
    " FROM unnest(%s::bigint[], %s::bigint[]) AS taken (id, micro)"
    " WHERE cap.id = taken.id AND (taken.micro < 0 OR cap.taken_micro <= cap.limit_micro - taken.micro)"
    " RETURNING cap.id"
)


class CapExceeded(RuntimeError):
    """A cap would be exceeded although it was locked: a defect, and the transaction is lost rather than the promise."""


@dataclass(slots=True)
class Purse:
    """Caps by kind and owner. `take` counts in memory; `save` writes what was taken."""

    shop_id: int
    day: date
    rows: dict[tuple[CapKind, int], Cap]
    taken: dict[tuple[CapKind, int], int] = field(default_factory=dict)
    is_wallet_empty: bool = False

    @property
    def campaign_ids(self) -> set[int]:
        """The campaigns whose caps are in it."""
        return {owner for kind, owner in self.rows if kind is CapKind.CAMPAIGN_DAY}

    def list_caps(self, campaign_id: int) -> list[CapNumbers]:
        """The caps that a campaign spends out of, as they stand now."""
        return [
            CapNumbers(kind, row.limit_micro, row.taken_micro + self.taken.get((kind, owner), 0))
            for (kind, owner), row in self._of_campaign(campaign_id)
        ]

    def take(self, campaign_id: int, amount_micro: int) -> None:
        """Take an amount out of all of a campaign's caps; a negative one goes back."""
        for key, _ in self._of_campaign(campaign_id):
            self.taken[key] = self.taken.get(key, 0) + amount_micro

    def ask_wallet(self, campaign_id: int, wanted_micro: int, now: datetime) -> None:
        """Let the wallet hold more for the day where what is held is less than wanted and the other caps allow.

        As much is asked for as a lease would take, so that the books are not written for every click.
        """
        caps = self.list_caps(campaign_id)
        wallet = next(cap for cap in caps if cap.kind is CapKind.WALLET)
        others = [cap for cap in caps if cap is not wallet]
        room_micro = min(cap.rest_micro for cap in others)
        if self.is_wallet_empty or min(wanted_micro, room_micro) <= wallet.rest_micro:
            return
        row = self.rows[(CapKind.WALLET, self.shop_id)]
        lacking_micro = max(size_grant(others, least_micro=wanted_micro), wanted_micro) - wallet.rest_micro
        if row.closed_at is not None or get_wallet(self.shop_id).available_minor <= 0:
            self.is_wallet_empty = True
            return
        held = hold_for_day(
            shop_id=self.shop_id,
            day=self.day,
            amount_minor=-(-min(lacking_micro, room_micro) // MICRO_PER_MINOR),
            key=f"ads-hold:{self.shop_id}:{self.day}:{uuid4()}",
            now=now,
        )
        row.limit_micro = (held.held_cash_minor + held.held_bonus_minor) * MICRO_PER_MINOR
        Cap.objects.filter(pk=row.pk).update(limit_micro=row.limit_micro)

    def save(self) -> None:
        """Write what was taken: one statement. Raises `CapExceeded`."""
        taken = {self.rows[key].pk: amount_micro for key, amount_micro in self.taken.items() if amount_micro}
        if taken:
            written = {pk for (pk,) in ask(_TAKE, [write_array(taken), write_array(taken.values())])}
            for key, amount_micro in self.taken.items():
                if amount_micro and self.rows[key].pk not in written:
                    raise CapExceeded(f"{key} of {self.day} has no {amount_micro} left")
                self.rows[key].taken_micro += amount_micro
        self.taken.clear()

    def _of_campaign(self, campaign_id: int) -> list[tuple[tuple[CapKind, int], Cap]]:
        return [(key, row) for key, row in self.rows.items() if key[0] in OF_SHOP or key[1] == campaign_id]


def open_purse(*, shop_id: int, day: date, campaign_ids: Set[int]) -> Purse:
    """Lock the caps of a shop's campaigns (by id), with the limits that their budgets have now. Demands a transaction.

    Budgets are read with the caps in hand, so that nobody writes a limit back that was lowered meanwhile. Campaigns of
    other shops are left out. Every campaign takes from all four kinds, also where it has no limit: one that is set
    later knows what was taken.
    """
    keys = {key for pk in campaign_ids for key in list_keys(campaign_id=pk, shop_id=shop_id, day=day)}
    rows = _lock(keys | {(CapKind.WALLET, shop_id, day)})
    budgets = [budget for budget in get_budgets(campaign_ids).values() if budget.shop_id == shop_id]
    kept: dict[tuple[CapKind, int], Cap] = {(CapKind.WALLET, shop_id): rows[(CapKind.WALLET, shop_id, day)]}
    for budget in budgets:
        for key, limit_minor in list_limits(budget, day).items():
            row, limit_micro = rows[key], to_micro(limit_minor)
            if row.limit_micro != limit_micro:
                row.limit_micro = limit_micro
                Cap.objects.filter(pk=row.pk).update(limit_micro=limit_micro)
            kept[key[:2]] = row
    return Purse(shop_id, day, kept)


def list_limits(budget: CampaignBudget, day: date) -> dict[CapKey, int | None]:
    """What a campaign's budgets allow of each of its caps but the wallet, in minor units; None is no limit."""
    return {
        (CapKind.CAMPAIGN_DAY, budget.campaign_id, day): budget.daily_minor,
        (CapKind.CAMPAIGN_TOTAL, budget.campaign_id, None): budget.total_minor,
        (CapKind.MERCHANT_DAY, budget.shop_id, day): budget.shop_daily_minor,
    }


def give_back_to_caps(returns: Mapping[CapKey, int]) -> None:
    """Return amounts to caps, in id order. Demands a transaction."""
    rows = sorted((row.pk, returns[key]) for key, row in _select(returns.keys()).items()) if returns else []
    for pk, amount_micro in rows:
        Cap.objects.filter(pk=pk).update(taken_micro=F("taken_micro") - amount_micro)


def list_keys(*, campaign_id: int, shop_id: int, day: date) -> list[CapKey]:
    """Every cap that a campaign may spend out of."""
    return [
        (CapKind.CAMPAIGN_DAY, campaign_id, day),
        (CapKind.CAMPAIGN_TOTAL, campaign_id, None),
        (CapKind.MERCHANT_DAY, shop_id, day),
        (CapKind.WALLET, shop_id, day),
    ]


def to_micro(limit_minor: int | None) -> int:
    """A limit as caps have it: None is one that nothing reaches."""
    return NO_LIMIT_MICRO if limit_minor is None else limit_minor * MICRO_PER_MINOR


def _lock(keys: Set[CapKey]) -> dict[CapKey, Cap]:
    """Missing rows are made before any is locked: nobody waits for a row that is being made with locks in hand."""
    if missing := keys - _select(keys).keys():
        Cap.objects.bulk_create(
            [Cap(kind=kind.value, owner_id=owner, day=day) for kind, owner, day in sorted(missing, key=str)],
            ignore_conflicts=True,
        )
    return _select(keys, lock=True)


def _select(keys: Set[CapKey], *, lock: bool = False) -> dict[CapKey, Cap]:
    wanted = Q()
    for kind, owner, day in keys:
        wanted |= Q(kind=kind.value, owner_id=owner, day=day)
    rows = Cap.objects.filter(wanted).order_by("pk")
    if lock:
        rows = rows.select_for_update(no_key=True)
    return {(CapKind(row.kind), row.owner_id, row.day): row for row in rows}
