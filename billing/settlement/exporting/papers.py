"""A shop's money as papers: its entries under a filter, and a statement."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext

from billing.ledger.contracts.shop_books import EntryFilter, ShopEntry
from billing.ledger.selectors.shop_books import list_shop_entries
from billing.settlement.contracts.statements import AccountStatement, KindSum, StatementView
from billing.settlement.exporting.sheets import Cell, Column, Paper, Section
from billing.settlement.words import (
    local_day,
    name_account,
    name_kind,
    name_period,
    name_span,
    name_subject,
    place_account,
)

PAGE = 2_000
MOST_STATED_ENTRIES = 2_000


def iter_entries(*, shop_id: int, currency: str, wanted: EntryFilter) -> Iterator[ShopEntry]:
    """All entries of a filter, newest first, a page in memory at a time."""
    before = None
    while True:
        page = list_shop_entries(shop_id=shop_id, currency=currency, wanted=wanted, before=before, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        before = (page[-1].created_at, page[-1].entry_id)


def to_row(entry: ShopEntry) -> list[Cell]:
    """An entry as a row of a file. What is in the shop's favour stands under in, what is not under out."""
    change = entry.change_minor
    return [
        stamp(entry.created_at),
        name_kind(entry.kind),
        name_subject(entry.subject),
        name_account(entry.account.code),
        change if change > 0 else None,
        -change if change < 0 else None,
        entry.balance_after_minor,
        f"T-{entry.transaction_id}",
    ]


def list_columns() -> tuple[Column, ...]:
    """The heads of `to_row`."""
    return (
        Column(gettext("When"), 16),
        Column(gettext("Movement"), 17),
        Column(gettext("Order or number"), 17),
        Column(gettext("Money account"), 12),
        Column(gettext("Money in"), 10, is_money=True),
        Column(gettext("Money out"), 10, is_money=True),
        Column(gettext("Left on the account"), 12, is_money=True),
        Column(gettext("Posting"), 9),
    )


def describe_entries(
    *, shop_name: str, currency: str, wanted: EntryFilter, rows: Iterable[Sequence[Cell]], now: datetime
) -> Paper:
    """Entries under a filter as a file."""
    section = Section(gettext("Postings"), list_columns(), rows)
    notes = [shop_name, _name_span_of(wanted), gettext("Amounts in %(currency)s") % {"currency": currency}]
    if wanted.subject:
        notes.append(gettext("Only %(number)s") % {"number": wanted.subject})
    notes += [name_account(code) for code in wanted.codes] + [name_kind(kind) for kind in wanted.kinds]
    notes.append(gettext("As of %(moment)s, Beijing time") % {"moment": stamp(now)})
    return Paper(gettext("Postings of the shop"), notes, [section], currency, page_word(), dated=local_day(now))


def describe_statement(statement: StatementView, *, shop_name: str) -> Paper:
    """A statement as a file: its accounts, their lines, and, unless there are too many, every posting."""
    accounts = sorted(statement.accounts, key=lambda account: place_account(account.code))
    overview = Section(
        gettext("Accounts"),
        (
            Column(gettext("Money account"), 22),
            Column(gettext("At the beginning"), 12, is_money=True),
            Column(gettext("Net change"), 12, is_money=True),
            Column(gettext("At the end"), 12, is_money=True),
        ),
        [_to_overview(account) for account in accounts],
        [gettext("Yours in all"), statement.opening_minor, statement.change_minor, statement.closing_minor],
    )
    sections = [overview, *(_describe_account(account) for account in accounts if account.lines)]
    if 0 < statement.entries <= MOST_STATED_ENTRIES:
        sections.append(Section(gettext("Postings"), list_columns(), _iter_stated(statement)))
    notes = [
        shop_name,
        gettext("%(span)s: %(days)s") % {"span": name_span(statement.period.span), "days": name_period(statement)},
        gettext("Amounts in %(currency)s") % {"currency": statement.currency},
        gettext("Made %(moment)s, Beijing time") % {"moment": stamp(statement.made_at)},
        gettext("What you owe the platform is taken off."),
    ]
    title = f"{gettext('Statement')} {statement.number}"
    return Paper(title, notes, sections, statement.currency, page_word(), dated=local_day(statement.made_at))


def stamp(moment: datetime) -> str:
    """A moment as files show it, in the business time zone."""
    return moment.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).strftime("%Y-%m-%d %H:%M:%S")


def page_word() -> str:
    """The foot of a page, with a place for its number."""
    return gettext("Page %(page)s")


def _to_overview(account: AccountStatement) -> list[Cell]:
    opening, closing = account.signed_opening_minor, account.signed_closing_minor
    return [name_account(account.code), opening, closing - opening, closing]


def _describe_account(account: AccountStatement) -> Section:
    sign = -1 if account.owed_by_shop else 1

    def to_line(line: KindSum) -> list[Cell]:
        into, out = (line.raised_minor, line.lowered_minor) if sign > 0 else (line.lowered_minor, line.raised_minor)
        return [name_kind(line.kind), str(line.entries), into or None, out or None, into - out]

    lines = [to_line(line) for line in account.lines]
    change = account.signed_closing_minor - account.signed_opening_minor
    return Section(
        name_account(account.code),
        (
            Column(gettext("Movement"), 26),
            Column(gettext("Postings"), 8),
            Column(gettext("Money in"), 12, is_money=True),
            Column(gettext("Money out"), 12, is_money=True),
            Column(gettext("Net change"), 12, is_money=True),
        ),
        lines,
        [gettext("Sum"), str(account.entries), None, None, change],
    )


def _iter_stated(statement: StatementView) -> Iterator[list[Cell]]:
    for account in statement.accounts:
        wanted = EntryFilter(codes=(account.code,), versions=(account.after_version, account.upto_version))
        for entry in iter_entries(shop_id=statement.shop_id, currency=statement.currency, wanted=wanted):
            yield to_row(entry)


def _name_span_of(wanted: EntryFilter) -> str:
    if wanted.since is None and wanted.until is None:
        return gettext("From the beginning on")
    if wanted.until is None:
        assert wanted.since is not None
        return gettext("From %(first)s on") % {"first": stamp(wanted.since)}
    if wanted.since is None:
        return gettext("Before %(last)s") % {"last": stamp(wanted.until)}
    return gettext("From %(first)s, before %(last)s") % {"first": stamp(wanted.since), "last": stamp(wanted.until)}
