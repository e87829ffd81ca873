"""Statements: which period an instant is in, how entries become lines, and whether a statement adds up. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from billing.ledger.contracts import Side
from billing.ledger.contracts.shop_books import AccountCut, EntrySum
from billing.settlement.contracts.statements import AccountStatement, KindSum, Period, Span


class StatementDoesNotAddUp(ArithmeticError):
    """Opening and lines do not make the closing balance, or the entries are not those of the versions."""


def period_of(span: Span, day: date, zone: ZoneInfo) -> Period:
    """The period that a business day is in."""
    if span is Span.WEEK:
        first = day - timedelta(days=day.weekday())
        following = first + timedelta(days=7)
    else:
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
    return Period(span, _midnight(first, zone), _midnight(following, zone))


def period_at(span: Span, moment: datetime, zone: ZoneInfo) -> Period:
    """The period that an instant is in: half-open, in the business time zone."""
    return period_of(span, moment.astimezone(zone).date(), zone)


def list_ended_periods(span: Span, since: datetime, now: datetime, zone: ZoneInfo) -> list[Period]:
    """The periods from the one that `since` is in to the last that is over, oldest first."""
    periods = []
    period = period_at(span, since, zone)
    while period.ends_at <= now:
        periods.append(period)
        period = period_at(span, period.ends_at, zone)
    return periods


def number_of(shop_id: int, currency: str, period: Period, zone: ZoneInfo) -> str:
    """A statement's number: `ST12-CNY-202611`, for a week `ST12-CNY-2026W47`."""
    first = period.starts_at.astimezone(zone).date()
    year, week, _ = first.isocalendar()
    name = f"{year}W{week:02d}" if period.span is Span.WEEK else f"{first:%Y%m}"
    return f"ST{shop_id}-{currency}-{name}"


def group_entries(sums: Sequence[EntrySum], normal: Side) -> tuple[KindSum, ...]:
    """Entries as the lines of a statement: one for each kind, in the account's normal direction."""
    kinds: dict[str, list[int]] = {}
    for one in sums:
        line = kinds.setdefault(one.kind, [0, 0, 0])
        line[0] += one.entries
        line[1 if one.side is normal else 2] += one.amount_minor
    return tuple(KindSum(kind, *line) for kind, line in sorted(kinds.items()))


def state_account(*, before: AccountStatement | None, cut: AccountCut, sums: Sequence[EntrySum]) -> AccountStatement:
    """One account from its last statement on (from its beginning without one). Raises `StatementDoesNotAddUp`."""
    opening = before.closing_minor if before else 0
    after = before.upto_version if before else 0
    lines = group_entries(sums, cut.normal)
    stated = AccountStatement(
        book=cut.account.book,
        code=cut.account.code,
        owed_by_shop=cut.normal is Side.DEBIT,
        opening_minor=opening,
        closing_minor=cut.balance_minor if cut.version else opening,
        after_version=after,
        upto_version=max(after, cut.version),
        lines=lines,
    )
    if opening + sum(line.change_minor for line in lines) != stated.closing_minor:
        raise StatementDoesNotAddUp(f"{cut.account.code}: {opening} and its lines do not make {stated.closing_minor}")
    if sum(line.entries for line in lines) != stated.entries:
        raise StatementDoesNotAddUp(f"{cut.account.code}: versions {after} to {cut.version} are not all there")
    return stated


def check_whole(accounts: Sequence[AccountStatement], opening_minor: int, closing_minor: int) -> None:
    """The whole statement: closing is opening with every line. Raises `StatementDoesNotAddUp`."""
    changes = sum(
        -line.change_minor if account.owed_by_shop else line.change_minor
        for account in accounts
        for line in account.lines
    )
    if opening_minor + changes != closing_minor:
        raise StatementDoesNotAddUp(f"{opening_minor} and {changes} do not make {closing_minor}")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
