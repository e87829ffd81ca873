"""A shop's statements, as they were made."""

from django.db.models import Max

from billing.ledger.contracts import Book, Code
from billing.settlement.contracts.statements import AccountStatement, KindSum, Period, Span, StatementView
from billing.settlement.models.statements import Statement, StatementAccount


class StatementNotFound(LookupError):
    """The shop has no statement with this number."""


def list_statements(
    *, shop_id: int, currency: str, span: Span | None = None, before_id: int | None = None, limit: int = 24
) -> list[tuple[int, StatementView]]:
    """A shop's statements, the latest first, with the id to go on from; two statements to the server."""
    rows = Statement.objects.filter(shop_id=shop_id, currency=currency)
    if span is not None:
        rows = rows.filter(span=span.value)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    found = list(rows.order_by("-pk").prefetch_related("accounts")[:limit])
    return [(row.pk, to_statement(row)) for row in found]


def get_statement(*, shop_id: int, number: str) -> StatementView:
    """A shop's statement. Raises `StatementNotFound`, also for another shop's."""
    row = Statement.objects.filter(shop_id=shop_id, number=number).prefetch_related("accounts").first()
    if row is None:
        raise StatementNotFound(number)
    return to_statement(row)


def find_last_statement(*, shop_id: int, currency: str, span: Span) -> StatementView | None:
    """The statement that the next one goes on from."""
    rows = Statement.objects.filter(shop_id=shop_id, currency=currency, span=span.value)
    row = rows.order_by("-starts_at").prefetch_related("accounts").first()
    return to_statement(row) if row else None


def list_last_ends(span: Span) -> dict[tuple[int, str], Period]:
    """The last stated period of every shop and currency; one statement."""
    rows = Statement.objects.filter(span=span.value).values_list("shop_id", "currency")
    return {
        (shop_id, currency): Period(span, starts_at, ends_at)
        for shop_id, currency, starts_at, ends_at in rows.annotate(Max("starts_at"), Max("ends_at"))
    }


def to_statement(row: Statement) -> StatementView:
    """A statement as others know it."""
    accounts = sorted(row.accounts.all(), key=lambda account: (account.book != Book.MAIN, account.code))
    return StatementView(
        number=row.number,
        shop_id=row.shop_id,
        currency=row.currency,
        period=Period(Span(row.span), row.starts_at, row.ends_at),
        opening_minor=row.opening_minor,
        closing_minor=row.closing_minor,
        entries=row.entries,
        made_at=row.made_at,
        accounts=tuple(_to_account(account) for account in accounts),
    )


def _to_account(row: StatementAccount) -> AccountStatement:
    return AccountStatement(
        book=Book(row.book),
        code=Code(row.code),
        owed_by_shop=row.owed_by_shop,
        opening_minor=row.opening_minor,
        closing_minor=row.closing_minor,
        after_version=row.after_version,
        upto_version=row.upto_version,
        lines=tuple(KindSum(**line) for line in row.lines),
    )
