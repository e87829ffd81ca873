"""Views of the books: trial balance and proofs, accounts, transactions, what is not posted."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.ledger.contracts import AccountRef, AccountView, EntryView
from billing.ledger.selectors import (
    get_balance,
    get_poster_health,
    get_transaction,
    list_accounts,
    list_entries,
    list_reversals,
    list_transactions,
    list_unposted,
    prove_ledger,
    trial_balance,
    verify_seals,
)
from console.access import FINANCE, me, staff_page
from console.deeds import retry_posting
from console.frame import Rail, render_page
from console.ledger.page import (
    TrialTable,
    UnknownAccount,
    is_platforms,
    lay_out,
    list_findings,
    read_account,
    read_instant,
)
from console.lists import PAGE, cut, read_position, read_text
from console.words import BOOKS
from market.money import DEFAULT_CURRENCY
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops_by_ids
from web.shapes import Tab
from web.toasts import add_toast

MOST_CLEARING = 20


@staff_page()
@require_GET
def show_ledger(request: HttpRequest) -> HttpResponse:
    """The trial balance, now or at an instant, with what proves it and what has not cleared."""
    wrong_instant = ""
    try:
        at = read_instant(request.GET.get("at", ""))
    except ValueError:
        at, wrong_instant = None, gettext("Enter a day and a time, such as 2026-11-22 18:00.")
    now = timezone.now()
    proof, poster = prove_ledger(), get_poster_health(now)
    tables = lay_out(trial_balance(at))
    shown = _choose(tables, request.GET.get("book", ""))
    latest = list_transactions(limit=8)
    context = {
        "now": now,
        "at": at,
        "typed_at": request.GET.get("at", "")[:16],
        "wrong_instant": wrong_instant,
        "tabs": _list_tabs(request, tables, shown),
        "table": shown,
        "difference_minor": sum(abs(table.difference_minor) for table in tables),
        "proof": proof,
        "findings": list_findings(proof),
        "clearing": proof.open_clearing[:MOST_CLEARING],
        "clearing_count": len(proof.open_clearing),
        "shops": _name_shops(item.account for item in proof.open_clearing[:MOST_CLEARING]),
        "poster": poster,
        "latest": latest,
        "seals": verify_seals() if request.GET.get("check") == "seals" else None,
    }
    return render_page(
        request, "ledger/ledger.html", context, rail=Rail(poster=poster), status=422 if wrong_instant else 200
    )


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
    scope = f"accounts:{code}:{currency}"
    rows = list_accounts(code=account.code, currency=currency, after_id=read_position(request, scope), limit=PAGE + 1)
    page = cut(rows, scope, _account_id)
    context = {
        "account": account,
        "accounts": page.items,
        "shops": _name_shops(row.account for row in page.items),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "ledger/accounts.html", context)


@staff_page()
@require_GET
def show_transactions(request: HttpRequest) -> HttpResponse:
    """Transactions, newest first; of one kind or one subject where that is asked for."""
    kind, subject = read_text(request, "kind", 60), read_text(request, "subject", 80)
    scope = f"transactions:{kind}:{subject}"
    rows = list_transactions(kind=kind, subject=subject, before_id=read_position(request, scope), limit=PAGE + 1)
    page = cut(rows, scope, lambda row: row.transaction_id)
    context = {"kind": kind, "subject": subject, "transactions": page.items, "next_cursor": page.next_cursor}
    return render_page(request, "ledger/transactions.html", context)


@staff_page()
@require_GET
def show_transaction(request: HttpRequest, transaction_id: int) -> HttpResponse:
    """One transaction with its entries, what it reverses and what reversed it."""
    transaction = get_transaction(transaction_id)
    if transaction is None:
        raise Http404
    context = {
        "transaction": transaction,
        "debit_minor": sum(entry.amount_minor for entry in transaction.entries if entry.side == "D"),
        "credit_minor": sum(entry.amount_minor for entry in transaction.entries if entry.side == "C"),
        "reversals": list_reversals(transaction_id),
        "shops": _name_shops(entry.account for entry in transaction.entries),
        "facts": [(name, str(value)) for name, value in transaction.event.items()],
    }
    return render_page(request, "ledger/transaction.html", context)


@staff_page()
@require_GET
def show_requests(request: HttpRequest) -> HttpResponse:
    """What is not in the books yet, oldest first, with the reason where it was refused."""
    poster = get_poster_health(timezone.now())
    page = cut(
        list_unposted(PAGE + 1, after_id=read_position(request, "requests") or 0),
        "requests",
        lambda row: row.request_id,
    )
    context = {"poster": poster, "requests": page.items, "next_cursor": page.next_cursor}
    return render_page(request, "ledger/requests.html", context, rail=Rail(poster=poster))


@staff_page(*FINANCE)
@require_POST
def retry(request: HttpRequest, request_id: int) -> HttpResponse:
    """Have the poster try a parked request again."""
    if retry_posting(request_id=request_id, actor_id=me(request), now=timezone.now()):
        add_toast(request, gettext("The poster tries it again within a second."))
    else:
        add_toast(
            request, gettext("It is not parked any more: it was posted, or somebody had it tried again."), bad=True
        )
    return redirect("console:requests")


def _show_entries(request: HttpRequest, account: AccountRef) -> HttpResponse:
    scope = f"entries:{account.code}:{account.owner.id}:{account.currency}"
    rows = list_entries(
        code=account.code,
        owner=account.owner,
        currency=account.currency,
        before_version=read_position(request, scope),
        limit=PAGE + 1,
    )
    page = cut(rows, scope, _version)
    context = {
        "account": account,
        "balance": get_balance(code=account.code, owner=account.owner, currency=account.currency),
        "entries": page.items,
        "shops": _name_shops([account]),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "ledger/account.html", context)


def _name_shops(accounts: Iterable[AccountRef]) -> dict[int, ShopContext]:
    """The shops whose accounts these are, by id."""
    ids = {account.owner.shop_id for account in accounts}
    return list_shops_by_ids(shop_id for shop_id in ids if shop_id is not None)


def _choose(tables: list[TrialTable], wanted: str) -> TrialTable | None:
    named = [table for table in tables if f"{table.book}-{table.currency}" == wanted]
    return next(iter(named or tables), None)


def _list_tabs(request: HttpRequest, tables: list[TrialTable], shown: TrialTable | None) -> list[Tab]:
    query = request.GET.copy()
    tabs = []
    for table in tables:
        query["book"] = f"{table.book}-{table.currency}"
        label = f"{BOOKS.get(table.book, table.book)} · {table.currency}"
        tabs.append(Tab(label, f"{reverse('console:ledger')}?{query.urlencode()}", table is shown))
    return tabs


def _account_id(row: AccountView) -> int:
    return row.account_id


def _version(row: EntryView) -> int:
    return row.account_version
