"""Views of accounts: those of a code, and one of them between two instants."""

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from billing.ledger.contracts import AccountRef, AccountStatement, AccountView, EntryView
from billing.ledger.rules import CHART
from billing.ledger.selectors import get_account_statement, get_balance, list_accounts, list_entries
from console.access import staff_page
from console.frame import render_page
from console.ledger.page import OF_SHOPS, UnknownAccount, is_platforms, name_shops, read_account, read_instant
from console.lists import PAGE, cut, encode_position, read_position, read_text
from console.shops.naming import read_shop
from market.money import DEFAULT_CURRENCY
from web.paging import CursorPage

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@staff_page()
@require_GET
def show_account(request: HttpRequest, code: str) -> HttpResponse:
    """The accounts of a code, or the entries of one of them."""
    owner_id, currency = read_text(request, "owner", 80), read_text(request, "currency", 3) or DEFAULT_CURRENCY
    try:
        account = read_account(code, owner_id, currency)
    except UnknownAccount as error:
        raise Http404 from error
    if owner_id or is_platforms(account.code):
        return _show_entries(request, account)
    return _show_accounts(request, account)


def _show_accounts(request: HttpRequest, account: AccountRef) -> HttpResponse:
    asked_shop, only_open = read_shop(request.GET), request.GET.get("open") == "1"
    shop_id = asked_shop.shop_id
    scope = f"accounts:{account.code}:{account.currency}:{'' if shop_id is None else shop_id}:{only_open}"
    rows = list_accounts(
        code=account.code,
        currency=account.currency,
        shop_id=shop_id,
        open_only=only_open,
        after_id=read_position(request, scope),
        limit=PAGE + 1,
    )
    page = cut(rows, scope, _account_id)
    context = {
        "account": account,
        "accounts": page.items,
        "of_shops": CHART[account.code].owner_kind in OF_SHOPS,
        "asked_shop": asked_shop,
        "only_open": only_open,
        "shops": name_shops(row.account for row in page.items),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "ledger/accounts.html", context)


def _show_entries(request: HttpRequest, account: AccountRef) -> HttpResponse:
    context: dict[str, object] = {"wrong_instant": ""}
    try:
        since, until = (read_instant(request.GET.get(name, "")) for name in ("since", "until"))
    except ValueError:
        since = until = None
        context["wrong_instant"] = gettext("Enter a day and a time, such as 2026-11-22 18:00.")
    scope = f"entries:{account.code}:{account.owner.id}:{account.currency}:{since or ''}:{until or ''}"
    before_version = read_position(request, scope)
    if since or until:
        stated = _state(account, since, until, before_version)
        context |= {"stated": stated, "change_minor": stated.closing_minor - stated.opening_minor}
        page = CursorPage(stated.entries, encode_position(scope, stated.next_version))
    else:
        page = _read_entries(account, before_version, scope)
    context |= {
        "account": account,
        "balance": get_balance(code=account.code, owner=account.owner, currency=account.currency),
        "entries": page.items,
        "typed": {name: request.GET.get(name, "")[:16] for name in ("since", "until")},
        "shops": name_shops([account]),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "ledger/account.html", context, status=422 if context["wrong_instant"] else 200)


def _state(
    account: AccountRef, since: datetime | None, until: datetime | None, before_version: int | None
) -> AccountStatement:
    return get_account_statement(
        code=account.code,
        owner=account.owner,
        currency=account.currency,
        since=since or _BEGINNING,
        until=until or timezone.now(),
        before_version=before_version,
        limit=PAGE,
    )


def _read_entries(account: AccountRef, before_version: int | None, scope: str) -> CursorPage[EntryView]:
    rows = list_entries(
        code=account.code,
        owner=account.owner,
        currency=account.currency,
        before_version=before_version,
        limit=PAGE + 1,
    )
    return cut(rows, scope, _version)


def _account_id(row: AccountView) -> int:
    return row.account_id


def _version(row: EntryView) -> int:
    return row.account_version
