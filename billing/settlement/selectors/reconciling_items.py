"""Both sides of a reconciliation as items: what a file says, and what the books know that may be on it.

A file holds one business day. What was posted within the tolerance of a midnight may stand on either day's file: it is
due only once both are loaded, and waits until then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from billing.ledger.contracts import Code, Owner
from billing.ledger.contracts.provider_facts import PostedFact
from billing.ledger.selectors.provider_facts import (
    list_moved_about,
    list_moved_between,
    list_posted_about,
    list_posted_between,
)
from billing.payments.rules import name_own_psp
from billing.settlement.contracts.reconciling import (
    FindingKind,
    FindingState,
    LineKind,
    StatementKind,
    StatementState,
)
from billing.settlement.models.reconciling import Finding, ProviderStatement, StatementRow
from billing.settlement.rules.reconciling import LOOSE_KINDS, LOOSE_WITHIN, OurItem, OurRole, TheirItem
from billing.settlement.rules.reconciling.facts import (
    CUSTODY_KINDS,
    OWN_TRADE_KINDS,
    SUSPENSE_KINDS,
    BookedItem,
    list_booked_items,
)

TOLERANCE = timedelta(minutes=30)
"""How far our posting and the provider's time may be apart without its being another day's business."""
MARGIN = timedelta(hours=1)
"""Read beyond the tolerance, so that a payment and its fee are never torn apart at the edge of what is read."""
PENDING_FOR = timedelta(days=7)
"""A refund that is still under way at the provider after this is a finding."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A line of a loaded file, and the transaction it was matched with before."""

    row_id: int
    statement_id: int
    kind: str
    number: str
    order_no: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime
    pending: bool
    transaction_id: int | None


_COLUMNS = (
    "pk",
    "statement_id",
    "kind",
    "number",
    "order_no",
    "amount_minor",
    "fee_minor",
    "currency",
    "at",
    "pending",
    "transaction_id",
)


@dataclass(frozen=True, slots=True)
class TwoSides:
    """What is compared, with the rows that the lines came from."""

    theirs: list[TheirItem]
    ours: list[OurItem]
    rows: dict[int, FileRow]


def business_zone() -> ZoneInfo:
    """The time zone of the business day."""
    return ZoneInfo(settings.BUSINESS_TIME_ZONE)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """A business day as a half-open span."""
    zone = business_zone()
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    return start, datetime(following.year, following.month, following.day, tzinfo=zone)


def gather_sides(statement: ProviderStatement, now: datetime) -> TwoSides:
    """Everything that is needed to compare a file with the books; a few statements whatever its size."""
    rows = _read_rows(statement.rows.order_by("row"))
    left = _list_left_over(statement)
    theirs = [_to_their_item(row, now) for row in rows]
    theirs += [_to_their_item(row, now, earlier=True) for row in left]
    open_missing = Finding.objects.filter(
        psp=statement.psp,
        statement_kind=statement.kind,
        kind=FindingKind.MISSING.value,
        state__in=[FindingState.OPEN.value, FindingState.SUSPENDED.value],
    )
    missed = [number for number in open_missing.values_list("transaction_id", flat=True) if number is not None]
    ours = _give_roles(statement, _list_items(statement, [*rows, *left], missed))
    return TwoSides(theirs, ours, {row.row_id: row for row in [*rows, *left]})


def _read_rows(rows: QuerySet[StatementRow]) -> list[FileRow]:
    return [FileRow(*values) for values in rows.values_list(*_COLUMNS)]


def _list_left_over(statement: ProviderStatement) -> list[FileRow]:
    """Lines of other days that nothing of ours was found for, or that were still under way."""
    others = StatementRow.objects.filter(
        statement__psp=statement.psp,
        statement__kind=statement.kind,
        statement__state=StatementState.LOADED.value,
        transaction_id__isnull=True,
    ).exclude(statement=statement)
    unfinished = [FindingState.OPEN.value, FindingState.SUSPENDED.value]
    extra = Q(findings__kind=FindingKind.EXTRA.value, findings__state__in=unfinished)
    return _read_rows(others.filter(extra | Q(pending=True)).distinct().order_by("pk"))


def _list_items(statement: ProviderStatement, rows: Iterable[FileRow], missed: Iterable[int]) -> list[BookedItem]:
    """What the books know: of the day and a little around it, and of the numbers on the file, whenever that was."""
    start, end = day_bounds(statement.day)
    since, until = start - TOLERANCE - MARGIN, end + TOLERANCE + MARGIN
    around = _read_between(statement, since, until)
    items = list_booked_items(around, StatementKind(statement.kind))
    known = {item.number for item in items}
    subjects = {number for row in rows if row.number not in known for number in (row.number, row.order_no) if number}
    more = {fact.transaction_id: fact for fact in _read_about(statement, subjects, missed)}
    if any(LineKind(row.kind) in LOOSE_KINDS for row in rows) or StatementKind(statement.kind) is not _TRADE:
        wide = _read_between(statement, start - LOOSE_WITHIN, end + LOOSE_WITHIN, only=("provider_settled",))
        more |= {fact.transaction_id: fact for fact in wide}
    if not more:
        return items
    facts = {fact.transaction_id: fact for fact in around} | more
    return list_booked_items(facts.values(), StatementKind(statement.kind))


_TRADE = StatementKind.TRADE


def _read_between(
    statement: ProviderStatement, since: datetime, until: datetime, only: tuple[str, ...] = ()
) -> list[PostedFact]:
    if statement.kind == _TRADE.value:
        custody = list_posted_between(kinds=CUSTODY_KINDS, psp=statement.psp, since=since, until=until)
        own = name_own_psp(statement.psp)
        return custody + list_posted_between(kinds=OWN_TRADE_KINDS, psp=own, since=since, until=until)
    facts = list_moved_between(
        code=Code.PSP_RECEIVABLE,
        owner=Owner.of_psp(statement.psp),
        since=since,
        until=until,
        without=SUSPENSE_KINDS,
    )
    return [fact for fact in facts if not only or fact.kind in only]


def _read_about(statement: ProviderStatement, subjects: set[str], transaction_ids: Iterable[int]) -> list[PostedFact]:
    numbers = list(transaction_ids)
    if not subjects and not numbers:
        return []
    if statement.kind == _TRADE.value:
        found = _list_traded(statement.psp, subjects, numbers)
        # A transaction alone may lack its fee: everything else about the same order comes with it.
        orders = {fact.subject for fact in found} - subjects
        return found + (_list_traded(statement.psp, orders, []) if orders else [])
    owner = Owner.of_psp(statement.psp)
    found = list_moved_about(
        code=Code.PSP_RECEIVABLE, owner=owner, subjects=subjects, transaction_ids=numbers, without=SUSPENSE_KINDS
    )
    orders = {fact.subject for fact in found} - subjects
    if not orders:
        return found
    return found + list_moved_about(code=Code.PSP_RECEIVABLE, owner=owner, subjects=orders, without=SUSPENSE_KINDS)


def _list_traded(psp: str, subjects: set[str], transaction_ids: list[int]) -> list[PostedFact]:
    """What a trade bill lists of these numbers: orders in custody, and what was paid to ourselves."""
    custody = list_posted_about(kinds=CUSTODY_KINDS, psp=psp, subjects=subjects, transaction_ids=transaction_ids)
    return custody + list_posted_about(
        kinds=OWN_TRADE_KINDS, psp=name_own_psp(psp), subjects=subjects, transaction_ids=transaction_ids
    )


def _give_roles(statement: ProviderStatement, items: Iterable[BookedItem]) -> list[OurItem]:
    start, end = day_bounds(statement.day)
    loaded = set(
        ProviderStatement.objects.filter(
            psp=statement.psp,
            kind=statement.kind,
            state=StatementState.LOADED.value,
            day__in=[statement.day - timedelta(days=1), statement.day + timedelta(days=1)],
        ).values_list("day", flat=True)
    )
    items = list(items)
    taken = _find_taken(statement, [item.transaction_id for item in items])
    before = statement.day - timedelta(days=1) in loaded
    after = statement.day + timedelta(days=1) in loaded

    def role_of(item: BookedItem) -> OurRole:
        if item.transaction_id in taken:
            return OurRole.TAKEN
        if start + TOLERANCE <= item.at < end - TOLERANCE:
            return OurRole.DUE
        if start - TOLERANCE <= item.at < start + TOLERANCE:
            return OurRole.DUE if before else OurRole.EDGE
        if end - TOLERANCE <= item.at < end + TOLERANCE:
            return OurRole.DUE if after else OurRole.EDGE
        return OurRole.KNOWN

    return [_to_our_item(item, role_of(item)) for item in items]


def _find_taken(statement: ProviderStatement, transaction_ids: list[int]) -> set[int]:
    """Which of these transactions a line of another file in force is matched with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.transaction_id FROM settlement_statementrow r"
            " JOIN settlement_providerstatement s ON s.id = r.statement_id"
            " WHERE r.transaction_id = ANY (%s) AND s.psp = %s AND s.kind = %s AND s.state = 'loaded' AND s.id <> %s",
            [transaction_ids, statement.psp, statement.kind, statement.pk],
        )
        return {number for (number,) in cursor.fetchall()}


def _to_their_item(row: FileRow, now: datetime, *, earlier: bool = False) -> TheirItem:
    """A line that is under way for too long is judged like one of this file."""
    late = row.pending and row.at < now - PENDING_FOR
    return TheirItem(
        ref=row.row_id,
        kind=LineKind(row.kind),
        number=row.number,
        amount_minor=row.amount_minor,
        fee_minor=row.fee_minor,
        currency=row.currency,
        at=row.at,
        pending=row.pending and not late,
        earlier=earlier and not late,
    )


def _to_our_item(item: BookedItem, role: OurRole) -> OurItem:
    return OurItem(
        ref=item.transaction_id,
        kind=item.kind,
        number=item.number,
        amount_minor=item.amount_minor,
        fee_minor=item.fee_minor,
        currency=item.currency,
        at=item.at,
        role=role,
        shop_id=item.shop_id,
    )
