"""Views of statements: the list of periods, one of them, and its paper."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from billing.settlement.contracts import AccountStatement, StatementView
from billing.settlement.exporting.papers import describe_statement
from billing.settlement.exporting.sheets import CONTENT_TYPES, FileFormat, find_writer
from billing.settlement.selectors.statements import StatementNotFound, get_statement, list_statements
from billing.settlement.words import local_day, name_account, name_kind, name_period, name_span, place_account
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.money.filters import read_query
from merchant_portal.money.views import list_currency_tabs
from web.paging import BadCursor, cut_page, decode_cursor

PAGE = 24


@require_GET
@shop_required("money")
def show_statements(request: HttpRequest) -> HttpResponse:
    """Every period that was stated, the latest first."""
    shop_id = visit_of(request).shop.shop_id
    currency = read_query(request.GET, shop_id=shop_id).currency
    scope = f"statements:{shop_id}:{currency}"
    try:
        after = request.GET.get("after")
        before_id = int(decode_cursor(after, scope=scope, length=1)[0] or 0) if after else None
    except (BadCursor, ValueError) as error:
        raise Http404 from error
    rows = list_statements(shop_id=shop_id, currency=currency, before_id=before_id, limit=PAGE + 1)
    page = cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row[0]])
    context = {
        "currency": currency,
        "currencies": list_currency_tabs(request, currency, "portal:statements"),
        "statements": [describe(statement) for _, statement in page.items],
        "next_cursor": page.next_cursor,
        "today": local_day(timezone.now()),
    }
    return render_page(request, "portal/money/statements.html", context)


@require_GET
@shop_required("money")
def show_statement(request: HttpRequest, statement_no: str) -> HttpResponse:
    """One statement: each account with its lines, each line leading to its postings."""
    statement = _find(request, statement_no)
    context = {
        **describe(statement),
        "accounts": [
            _describe_account(account)
            for account in sorted(statement.accounts, key=lambda account: place_account(account.code))
        ],
    }
    return render_page(request, "portal/money/statement.html", context)


@require_GET
@shop_required("money")
def download_statement(request: HttpRequest, statement_no: str) -> HttpResponse:
    """A statement as a PDF, in the language of the page."""
    statement, language = _find(request, statement_no), get_language() or "zh-hans"
    shop_name = visit_of(request).shop.name.best(language)
    with translation.override(language):
        content = b"".join(find_writer(FileFormat.PDF)(describe_statement(statement, shop_name=shop_name)))
    response = HttpResponse(content, content_type=CONTENT_TYPES[FileFormat.PDF])
    response["Content-Disposition"] = f'attachment; filename="{statement.number}.pdf"'
    return response


def describe(statement: StatementView) -> dict[str, object]:
    """A statement as the list and its page show it."""
    return {
        "statement": statement,
        "period": name_period(statement),
        "span": name_span(statement.period.span),
    }


def _describe_account(account: AccountStatement) -> dict[str, object]:
    sign = -1 if account.owed_by_shop else 1
    return {
        "account": account,
        "name": name_account(account.code),
        "change_minor": account.signed_closing_minor - account.signed_opening_minor,
        "lines": [
            {"line": line, "name": name_kind(line.kind), "change_minor": sign * line.change_minor}
            for line in account.lines
        ],
    }


def _find(request: HttpRequest, statement_no: str) -> StatementView:
    try:
        return get_statement(shop_id=visit_of(request).shop.shop_id, number=statement_no)
    except StatementNotFound as error:
        raise Http404 from error
