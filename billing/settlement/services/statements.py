"""Making statements: once for each shop, currency and period, after its end, when all of it is in the books."""

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction

from billing.ledger.contracts.shop_books import ShopBooks
from billing.ledger.selectors.shop_books import cut_accounts, has_unposted, list_shop_books, sum_entries
from billing.settlement.contracts.statements import AccountStatement, Period, Span, StatementView
from billing.settlement.models.statements import Statement, StatementAccount
from billing.settlement.rules.statements import (
    StatementDoesNotAddUp,
    check_whole,
    list_ended_periods,
    number_of,
    period_at,
    state_account,
)
from billing.settlement.selectors.statements import find_last_statement, get_statement, list_last_ends

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 500


class PeriodNotOver(ValueError):
    """The period has not ended yet."""


class NotAllPosted(Exception):
    """Something that happened in the period is not in the books yet."""


class PeriodLeftOut(ValueError):
    """The period does not follow the shop's last statement."""


@transaction.atomic(durable=True)
def make_statement(*, shop_id: int, currency: str, period: Period, now: datetime) -> StatementView:
    """State a period of a shop; a repeat returns what was made. Its accounts go on where the last statement ended.

    They go on by version, not by time: what was committed late for the period before is in this one, nothing is lost.
    Raises `PeriodNotOver`, `NotAllPosted`, `PeriodLeftOut`, `StatementDoesNotAddUp`; nothing is written then.
    """
    number = number_of(shop_id, currency, period, _zone())
    if Statement.objects.filter(number=number).exists():
        return get_statement(shop_id=shop_id, number=number)
    if period.ends_at > now:
        raise PeriodNotOver(number)
    if has_unposted(shop_id=shop_id, before=period.ends_at):
        raise NotAllPosted(number)
    before = find_last_statement(shop_id=shop_id, currency=currency, span=period.span)
    if before is not None and before.period.ends_at != period.starts_at:
        raise PeriodLeftOut(number)
    statement = _state(shop_id, currency, period, before, now)
    try:
        with transaction.atomic():
            _write(statement)
    except IntegrityError:  # somebody else made it meanwhile, out of the same entries
        if not Statement.objects.filter(number=number).exists():
            raise
    return get_statement(shop_id=shop_id, number=number)


def make_due_statements(*, now: datetime, limit: int = MOST_AT_ONCE) -> int:
    """Make what is due, oldest period first. Who has something unposted is looked at again the next time."""
    made = 0
    for span in statement_spans():
        ends = list_last_ends(span)
        latest = period_at(span, now, _zone()).starts_at
        for books in list_shop_books():
            last = ends.get((books.shop_id, books.currency))
            if last is not None and last.ends_at >= latest:
                continue
            made += _catch_up(books, last.ends_at if last else books.since, span, now)
            if made >= limit:
                return made
    return made


def statement_spans() -> list[Span]:
    """How long periods are here: months unless the setting says weeks too."""
    return [Span(name) for name in settings.STATEMENT_SPANS]


def _catch_up(books: ShopBooks, since: datetime, span: Span, now: datetime) -> int:
    made = 0
    for period in list_ended_periods(span, since, now, _zone()):
        try:
            make_statement(shop_id=books.shop_id, currency=books.currency, period=period, now=now)
        except NotAllPosted:
            log.warning("statement.waits", shop_id=books.shop_id, currency=books.currency, ends_at=period.ends_at)
            break
        except StatementDoesNotAddUp as problem:
            log.error("statement.refused", shop_id=books.shop_id, currency=books.currency, problem=str(problem))
            break
        made += 1
    return made


def _state(shop_id: int, currency: str, period: Period, before: StatementView | None, now: datetime) -> StatementView:
    accounts = _state_accounts(shop_id, currency, period.ends_at, before)
    opening = before.closing_minor if before else 0
    closing = sum(account.signed_closing_minor for account in accounts)
    check_whole(accounts, opening, closing)
    return StatementView(
        number=number_of(shop_id, currency, period, _zone()),
        shop_id=shop_id,
        currency=currency,
        period=period,
        opening_minor=opening,
        closing_minor=closing,
        entries=sum(account.entries for account in accounts),
        made_at=now,
        accounts=tuple(accounts),
    )


def _state_accounts(
    shop_id: int, currency: str, ends_at: datetime, before: StatementView | None
) -> list[AccountStatement]:
    known = {(account.book, account.code): account for account in before.accounts} if before else {}
    stated = []
    for cut in cut_accounts(shop_id=shop_id, currency=currency, before=ends_at):
        last = known.get((cut.account.book, cut.account.code))
        if not cut.version and last is None:
            continue
        after = last.upto_version if last else 0
        sums = sum_entries(account_id=cut.account_id, after_version=after, upto_version=cut.version)
        stated.append(state_account(before=last, cut=cut, sums=sums))
    return stated


def _write(statement: StatementView) -> None:
    row = Statement.objects.create(
        number=statement.number,
        shop_id=statement.shop_id,
        currency=statement.currency,
        span=statement.period.span.value,
        starts_at=statement.period.starts_at,
        ends_at=statement.period.ends_at,
        opening_minor=statement.opening_minor,
        closing_minor=statement.closing_minor,
        entries=statement.entries,
        made_at=statement.made_at,
    )
    StatementAccount.objects.bulk_create(_to_row(row, account) for account in statement.accounts)


def _to_row(statement: Statement, account: AccountStatement) -> StatementAccount:
    return StatementAccount(
        statement=statement,
        book=account.book.value,
        code=account.code.value,
        owed_by_shop=account.owed_by_shop,
        opening_minor=account.opening_minor,
        raised_minor=sum(line.raised_minor for line in account.lines),
        lowered_minor=sum(line.lowered_minor for line in account.lines),
        closing_minor=account.closing_minor,
        after_version=account.after_version,
        upto_version=account.upto_version,
        lines=[asdict(line) for line in account.lines],
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.BUSINESS_TIME_ZONE)
