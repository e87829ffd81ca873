"""Staff define places and their floors. Lots that are open with bids keep the terms they were opened with."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from psycopg.errors import UniqueViolation

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.shops.services import bump_epoch
from search.auction.contracts.units import LARGEST_BID_MINOR
from search.slots.contracts import (
    LONGEST_NAME,
    MOST_DAYS_AHEAD,
    MOST_SLOTS,
    MOST_UNITS,
    LotState,
    LotUnit,
    SlotTerms,
    SlotView,
)
from search.slots.models import Lot, SlotRow
from search.slots.rules.calendar import find_most_closes_minutes
from search.slots.rules.fitting import has_pictures
from search.slots.selectors.lots import to_slot

LARGEST_SIDE = 4_000
MOST_CLOSES_MINUTES = 7 * 24 * 60


class BadSlot(ValueError):
    """Terms beyond their limits; the argument names the field."""


class BidsEndTooEarly(BadSlot):
    """Bids would end before a lot took any; the argument names the field."""


class NoPictureFits(BadSlot):
    """Merchants can upload no picture of this proportion; the argument names the field."""


class KeyTaken(ValueError):
    """Another slot has this key."""


class PlaceTaken(ValueError):
    """Another slot has this position of the page."""


class SlotNotFound(LookupError):
    """There is no such slot."""


class TooManySlots(RuntimeError):
    """There are as many places as there may be."""


_TAKEN = {"slot_key_once": KeyTaken, "slot_place_once": PlaceTaken}
"""What a constraint of the table says."""


@transaction.atomic(durable=True)
def save_slot(*, slot_id: int, terms: SlotTerms, actor_id: int, now: datetime) -> SlotView:
    """Add a place (id 0) or change one; key, page and kind of a known one stay.

    Open lots without bids follow new prices; unit, length and horizon hold for lots that are opened later. A place that
    is not sold any more keeps the lots that have bids.

    Raises `BadSlot`, `KeyTaken`, `PlaceTaken`, `SlotNotFound`, `TooManySlots`.
    """
    check_terms(terms)
    row = _find_or_begin(slot_id, terms)
    _write(row, terms, actor_id, now)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _find_taken(error)(terms.key) from error
    _reprice(row)
    if not row.is_sold:
        _open_without_bids(row).delete()
    _note("slot.saved", row, actor_id, now)
    return to_slot(row)


@transaction.atomic(durable=True)
def set_floor(*, slot_id: int, reserve_minor: int, step_minor: int, actor_id: int, now: datetime) -> None:
    """Change what a place costs at least. Raises `BadSlot`, `SlotNotFound`."""
    if not 0 < reserve_minor <= LARGEST_BID_MINOR:
        raise BadSlot("reserve_minor")
    if not 0 < step_minor <= LARGEST_BID_MINOR:
        raise BadSlot("step_minor")
    row = _lock(slot_id)
    row.reserve_minor, row.step_minor, row.changed_by, row.changed_at = reserve_minor, step_minor, actor_id, now
    row.save()
    _reprice(row)
    _note("slot.floor_set", row, actor_id, now)


def check_terms(terms: SlotTerms) -> None:
    """Raises `BadSlot` for the first field beyond its limits, or that lets nobody buy a place on sale."""
    most_length = MOST_UNITS if terms.unit is LotUnit.DAY else 24
    limits = (
        ("position", terms.position, 1, 99),
        ("width", terms.width, 1, LARGEST_SIDE),
        ("height", terms.height, 1, LARGEST_SIDE),
        ("length", terms.length, 1, most_length),
        ("days_ahead", terms.days_ahead, 1, MOST_DAYS_AHEAD),
        ("closes_minutes", terms.closes_minutes, 0, MOST_CLOSES_MINUTES),
        ("reserve_minor", terms.reserve_minor, 1, LARGEST_BID_MINOR),
        ("step_minor", terms.step_minor, 1, LARGEST_BID_MINOR),
        ("name", min(len(terms.name.zh), len(terms.name.en)), 1, LONGEST_NAME),
        ("name", max(len(terms.name.zh), len(terms.name.en)), 1, LONGEST_NAME),
    )
    for field, number, least, most in limits:
        if not least <= number <= most:
            raise BadSlot(field)
    if terms.is_sold:
        _check_sale(terms)


def _check_sale(terms: SlotTerms) -> None:
    """A place off sale may keep terms that nobody could buy, so that it can be taken off as it is."""
    if terms.closes_minutes > find_most_closes_minutes(terms.days_ahead):
        raise BidsEndTooEarly("closes_minutes")
    if not has_pictures(width=terms.width, height=terms.height):
        raise NoPictureFits("width")


def _find_taken(error: IntegrityError) -> type[ValueError]:
    taken = error.__cause__.diag.constraint_name if isinstance(error.__cause__, UniqueViolation) else None
    if taken not in _TAKEN:
        raise error
    return _TAKEN[taken]


def _find_or_begin(slot_id: int, terms: SlotTerms) -> SlotRow:
    if slot_id:
        return _lock(slot_id)
    if SlotRow.objects.count() >= MOST_SLOTS:
        raise TooManySlots(MOST_SLOTS)
    return SlotRow(key=terms.key, page=terms.page.value, kind=terms.kind.value)


def _lock(slot_id: int) -> SlotRow:
    row = SlotRow.objects.select_for_update(no_key=True).filter(pk=slot_id).first()
    if row is None:
        raise SlotNotFound(slot_id)
    return row


def _write(row: SlotRow, terms: SlotTerms, actor_id: int, now: datetime) -> None:
    row.position, row.width, row.height = terms.position, terms.width, terms.height
    row.unit, row.length = terms.unit.value, terms.length
    row.days_ahead, row.closes_minutes = terms.days_ahead, terms.closes_minutes
    row.reserve_minor, row.step_minor = terms.reserve_minor, terms.step_minor
    row.name_zh, row.name_en, row.is_sold = terms.name.zh, terms.name.en, terms.is_sold
    row.changed_by, row.changed_at = actor_id, now


def _open_without_bids(row: SlotRow) -> QuerySet[Lot]:
    open_lots = Lot.objects.filter(slot=row, state=LotState.OPEN.value)
    return open_lots.filter(bids_counted=0)


def _reprice(row: SlotRow) -> None:
    _open_without_bids(row).update(reserve_minor=row.reserve_minor, step_minor=row.step_minor)


def _note(action: str, row: SlotRow, actor_id: int, now: datetime) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="slot",
        target_id=row.key,
        detail={"reserve_minor": row.reserve_minor, "step_minor": row.step_minor, "is_sold": row.is_sold},
        now=now,
    )
    bump_epoch("slots")
