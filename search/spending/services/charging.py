"""Hours are charged: micro-fen are summed, whole fen posted once, the rest carried, events marked: one transaction.

A shop's hours of one kind and day are charged one after the other under the lock of their head; workers skip what
another one holds. An event that was committed late is charged with a next `seq` of its hour. Again changes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from billing.wallets.contracts import ChargeKind, DayCharge
from billing.wallets.services import charge_day
from search.auction.charging import close_hour
from search.auction.contracts import TokenKind
from search.spending.contracts import CorrectionKind
from search.spending.models import AdEvent, ChargeHead, Correction, HourCharge, Lease
from search.spending.rules.days import LOOKED_BACK, floor_hour
from search.spending.services.purse import CapKey, give_back_to_caps, list_keys

LAG = timedelta(minutes=2)
"""How long after its end an hour is charged: by then every decision is stored that will ever be."""

NO_DECISION = "no_decision"
_HOUR = timedelta(hours=1)

_LIST_DUE = (
    "SELECT DISTINCT shop_id, kind, day FROM spending_adevent WHERE charge_id IS NULL AND billed_micro > 0"
    " AND day >= %s AND at < %s ORDER BY shop_id, kind, day"
)
_DUE = "day = %s AND shop_id = %s AND kind = %s AND charge_id IS NULL AND billed_micro > 0"
_COPY_INPUTS = (
    "UPDATE spending_adevent AS e SET inputs = line.value ->> 'inputs', page = d.page, decision_stored = true,"
    " keyword_id = (line.value ->> 'keyword_id')::bigint"
    " FROM spending_decision AS d, jsonb_array_elements(d.lines) AS line(value)"
    " WHERE e.day = %s AND e.shop_id = %s AND e.kind = %s AND e.charge_id IS NULL AND e.billed_micro > 0"
    " AND e.at >= %s AND e.at < %s"
    " AND NOT e.decision_stored AND d.day = e.day AND d.decision_id = e.decision_id"
    " AND (line.value ->> 'place')::int = e.place AND (line.value ->> 'ad_id')::bigint = e.ad_id"
)
_FREE = (
    f"UPDATE spending_adevent SET freed = true, charge_id = %s WHERE {_DUE} AND at >= %s AND at < %s"  # noqa: S608
    " AND NOT decision_stored RETURNING token, campaign_id, lease_id, billed_micro"
)
_MARK = (
    f"WITH marked AS (UPDATE spending_adevent SET charge_id = %s WHERE {_DUE} AND at >= %s AND at < %s"  # noqa: S608
    " RETURNING billed_micro) SELECT count(*), COALESCE(sum(billed_micro), 0)::bigint FROM marked"
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Books:
    """Whose hours are charged together."""

    shop_id: int
    kind: TokenKind
    day: date

    @property
    def values(self) -> tuple[date, int, str]:
        return self.day, self.shop_id, self.kind.value


class HoursNotClosed(RuntimeError):
    """Some shops' hours could not be charged; the others are. The argument lists them with what happened."""


def close_hours(now: datetime) -> int:
    """Charge every hour that is over. Returns how many charges were made. Raises `HoursNotClosed` at the end.

    What somebody else is charging is left to them.
    """
    until = floor_hour(now - LAG)
    with connection.cursor() as cursor:
        cursor.execute(_LIST_DUE, [now.date() - LOOKED_BACK, until])
        due = [_Books(shop_id, TokenKind(kind), day) for shop_id, kind, day in cursor.fetchall()]
    made, failures = 0, []
    for books in due:
        try:
            while _close_next(books, until, now):
                made += 1
        except Exception as error:  # the edge of a shop: the others are charged all the same, then it rises
            log.exception("ads.hour_not_closed", shop_id=books.shop_id, kind=books.kind.value, day=str(books.day))
            failures.append(f"{books}: {error}")
    if failures:
        raise HoursNotClosed(*failures)
    return made


@transaction.atomic(durable=True)
def _close_next(books: _Books, until: datetime, now: datetime) -> bool:
    """Charge the oldest hour that is due. False when there is none, or when somebody else is at it."""
    head = lock_head(shop_id=books.shop_id, kind=books.kind, day=books.day)
    if head is None:
        return False
    hour = _find_hour(books, until)
    if hour is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('spending_hourcharge', 'id'))")
        charge_id = int(cursor.fetchone()[0])
        span: list[Any] = [*books.values, hour, hour + _HOUR]  # Any: parameters of a statement
        cursor.execute(_COPY_INPUTS, span)
        cursor.execute(_FREE, [charge_id, *span])
        freed = cursor.fetchall()
        cursor.execute(_MARK, [charge_id, *span])
        events, sum_micro = cursor.fetchone()
    _free_events(books, freed, now)
    _charge(head, books, charge_id, hour, (int(events), len(freed), int(sum_micro)), now)
    return True


def lock_head(*, shop_id: int, kind: TokenKind, day: date) -> ChargeHead | None:
    """The head of a shop's charging, locked, made when it is first needed; None while somebody else holds it."""
    mine = ChargeHead.objects.filter(shop_id=shop_id, kind=kind.value, day=day)
    head = mine.select_for_update(no_key=True, skip_locked=True).first()
    if head is not None or mine.exists():
        return head
    ChargeHead.objects.bulk_create([ChargeHead(shop_id=shop_id, kind=kind.value, day=day)], ignore_conflicts=True)
    head = mine.select_for_update(no_key=True, skip_locked=True).first()
    if head is not None and not head.seq:
        _take_over(head)
    return head


def _take_over(head: ChargeHead) -> None:
    """A day begins with what an earlier day had left when it was closed."""
    earlier = ChargeHead.objects.filter(
        shop_id=head.shop_id, kind=head.kind, is_closed=True, is_passed_on=False, carry_micro__gt=0
    )
    left = earlier.order_by("day").select_for_update(no_key=True, skip_locked=True).first()
    if left is None:
        return
    head.carry_micro, head.last_charge_id = left.carry_micro, left.last_charge_id
    left.is_passed_on = True
    left.save(update_fields=["is_passed_on"])
    head.save(update_fields=["carry_micro", "last_charge"])


def _find_hour(books: _Books, until: datetime) -> datetime | None:
    due = AdEvent.objects.filter(
        day=books.day, shop_id=books.shop_id, kind=books.kind.value, charge_id__isnull=True, billed_micro__gt=0
    )
    first = due.filter(at__lt=until).order_by("at").values_list("at", flat=True).first()
    return None if first is None else floor_hour(first)


def _charge(
    head: ChargeHead, books: _Books, charge_id: int, hour: datetime, counted: tuple[int, int, int], now: datetime
) -> None:
    events, freed, sum_micro = counted
    closed = close_hour([sum_micro], carry_in_micro=head.carry_micro, vat_bps=settings.ADVERTISING_VAT_BPS)
    head.seq += 1
    key = f"ads:{books.shop_id}:{books.day}:{hour:%Y-%m-%dT%H}:{books.kind.value}:{head.seq}"
    paid = DayCharge(key, 0, 0, 0, ())
    if closed.amount_minor:
        paid = charge_day(
            shop_id=books.shop_id,
            day=books.day,
            key=key,
            kind=ChargeKind(books.kind.value),
            amount_minor=closed.amount_minor,
            now=now,
        )
    HourCharge.objects.create(
        id=charge_id,
        shop_id=books.shop_id,
        kind=books.kind.value,
        day=books.day,
        hour=hour,
        seq=head.seq,
        key=key,
        previous_id=head.last_charge_id,
        events=events,
        freed=freed,
        sum_micro=closed.sum_micro,
        carry_in_micro=closed.carry_in_micro,
        amount_minor=closed.amount_minor,
        carry_out_micro=closed.carry_out_micro,
        cash_minor=paid.cash_minor,
        bonus_minor=paid.bonus_minor,
        vat_minor=paid.vat_minor,
        transaction_ids=list(paid.transaction_ids),
        closed_at=now,
    )
    head.carry_micro, head.last_charge_id = closed.carry_out_micro, charge_id
    head.save(update_fields=["seq", "carry_micro", "last_charge"])


def _free_events(books: _Books, freed: Sequence[tuple[UUID, int, int, int]], now: datetime) -> None:
    """Events of decisions that were never stored cost nothing: their money returns to the lease or to the caps."""
    if not freed:
        return
    Correction.objects.bulk_create(
        Correction(
            day=books.day,
            token=token,
            shop_id=books.shop_id,
            campaign_id=campaign_id,
            kind=CorrectionKind.FREED.value,
            amount_micro=billed_micro,
            reason=NO_DECISION,
            at=now,
        )
        for token, campaign_id, _, billed_micro in freed
    )
    by_lease: Counter[int] = Counter()
    for _, _, lease_id, billed_micro in freed:
        by_lease[lease_id] += billed_micro
    returns: Counter[CapKey] = Counter()
    for lease in Lease.objects.filter(pk__in=by_lease).order_by("pk").select_for_update(no_key=True):
        lease.billed_micro -= by_lease[lease.pk]
        if lease.closed_at is not None:
            lease.granted_micro -= by_lease[lease.pk]
            lease.returned_micro += by_lease[lease.pk]
            for cap in list_keys(campaign_id=lease.campaign_id, shop_id=lease.shop_id, day=lease.day):
                returns[cap] += by_lease[lease.pk]
        lease.save(update_fields=["billed_micro", "granted_micro", "returned_micro"])
    give_back_to_caps(returns)
