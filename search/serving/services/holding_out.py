"""Who is held out of ads, who would have seen whose, and what both bought: a row a week, shop and visitor.

A visitor is known under signals' name of the week, so that nobody can be followed from one to the next, and nobody at
all once the week's salt is gone.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from billing.settlement.services.days import business_date
from search.auction.holdout import is_held_out
from search.serving.models import Exposure, LiftSale, LiftSum
from search.signals.rules.visitors import find_week, make_visitor
from search.signals.services import get_salts, name_person
from search.spending.contracts import StoredDecision

Group = tuple[date, int, bool]
"""Week, shop, and whether its visitors are held out."""

_EXPOSE = (
    "WITH new AS (INSERT INTO serving_exposure (week, shop_id, visitor, held_out, first_at, orders, revenue_minor)"
    " SELECT *, 0, 0 FROM unnest(%s::date[], %s::bigint[], %s::uuid[], %s::boolean[], %s::timestamptz[])"
    " ON CONFLICT (week, shop_id, visitor) DO NOTHING RETURNING week, shop_id, held_out), "
    "sums AS (INSERT INTO serving_liftsum AS known"
    " (week, shop_id, held_out, visitors, buyers, orders, order_squares, revenue_minor, revenue_squares)"
    " SELECT week, shop_id, held_out, count(*), 0, 0, 0, 0, 0 FROM new GROUP BY week, shop_id, held_out"
    " ORDER BY week, shop_id, held_out"
    " ON CONFLICT (shop_id, week, held_out) DO UPDATE SET visitors = known.visitors + excluded.visitors)"
    " SELECT count(*) FROM new"
)
"""Visitors that are new, and the sums of their groups, changed in their order: two writers never wait in a circle."""


def find_holdout(person: str, now: datetime) -> bool:
    """Whether somebody is shown no ads this week; nobody is, who is not known. No statement."""
    if not person:
        return False
    week = find_week(business_date(now)).isoformat()
    return is_held_out(person, week, key=settings.SECRET_KEY.encode(), part_ppm=settings.ADS_HOLDOUT_PPM)


def note_exposures(decisions: Sequence[StoredDecision]) -> int:
    """Note for whom which shops' ads won, the first time in a week. Returns how many are new. Told again: none.

    One statement besides the salts, however many shops and groups; none where nobody is known.
    """
    known = sorted((one for one in decisions if one.person), key=lambda decision: decision.decided_at)
    return _note_exposures(known) if known else 0


@transaction.atomic
def _note_exposures(decisions: Sequence[StoredDecision]) -> int:
    salts = get_salts({find_week(one.day) for one in decisions})
    rows: dict[tuple[date, int, UUID], tuple[bool, datetime]] = {}
    for one in decisions:
        week = find_week(one.day)
        visitor = make_visitor(one.person, salt=salts[week])
        if visitor is None:
            continue
        for shop_id in {line.shop_id for line in one.lines}:
            rows.setdefault((week, shop_id, visitor), (one.held_out, one.decided_at))
    if not rows:
        return 0
    columns = zip(*((*key, *value) for key, value in sorted(rows.items())), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_EXPOSE, [list(column) for column in columns])
        return int(cursor.fetchone()[0])


@transaction.atomic(durable=True)
def note_lift_sale(*, share_no: str, shop_id: int, buyer_id: int, revenue_minor: int, ordered_at: datetime) -> bool:
    """An order of somebody for whom the shop's ad had won that week before. Told again it counts once."""
    week = find_week(business_date(ordered_at))
    visitor = make_visitor(name_person(user_id=buyer_id), salt=get_salts({week})[week])
    if visitor is None:
        return False
    found = Exposure.objects.select_for_update(no_key=True).filter(
        week=week, shop_id=shop_id, visitor=visitor, first_at__lte=ordered_at
    )
    row = found.first()
    if row is None or LiftSale.objects.filter(pk=share_no).exists():
        return False
    LiftSale.objects.create(share_no=share_no, exposure=row, revenue_minor=revenue_minor)
    _move(row, 1, revenue_minor)
    return True


@transaction.atomic(durable=True)
def take_lift_sale_back(*, share_no: str) -> bool:
    """The order went back: it was none."""
    sale = LiftSale.objects.filter(pk=share_no).first()
    if sale is None:
        return False
    row = Exposure.objects.select_for_update(no_key=True).get(pk=sale.exposure_id)
    if not LiftSale.objects.filter(pk=share_no).delete()[0]:
        return False
    _move(row, -1, -sale.revenue_minor)
    return True


def purge_exposures(*, before: date) -> int:
    """Forget visitors of weeks before a day; the sums stay. Returns how many rows."""
    old = Exposure.objects.filter(week__lt=before)
    LiftSale.objects.filter(exposure__in=old).delete()
    return old.delete()[0]


def _move(row: Exposure, orders: int, revenue_minor: int) -> None:
    """Change what a visitor bought, and the sums of the group by the difference."""
    before = (row.orders, row.revenue_minor)
    row.orders, row.revenue_minor = row.orders + orders, row.revenue_minor + revenue_minor
    row.save(update_fields=["orders", "revenue_minor"])
    _add(
        (row.week, row.shop_id, row.held_out),
        buyers=(row.orders > 0) - (before[0] > 0),
        orders=orders,
        order_squares=row.orders**2 - before[0] ** 2,
        revenue_minor=revenue_minor,
        revenue_squares=row.revenue_minor**2 - before[1] ** 2,
    )


def _add(
    group: Group, *, buyers: int, orders: int, order_squares: int, revenue_minor: int, revenue_squares: int
) -> None:
    """Add to the sums of a group, which its exposures made."""
    LiftSum.objects.filter(week=group[0], shop_id=group[1], held_out=group[2]).update(
        buyers=F("buyers") + buyers,
        orders=F("orders") + orders,
        order_squares=F("order_squares") + order_squares,
        revenue_minor=F("revenue_minor") + revenue_minor,
        revenue_squares=F("revenue_squares") + revenue_squares,
    )
