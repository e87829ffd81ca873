"""Views of the books: trial balance and proofs, transactions, what is not posted."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.ledger.selectors import (
    find_posting_request,
    find_transaction_chain,
    get_last_proof,
    get_poster_health,
    list_open_clearing,
    list_transactions,
    list_unposted,
    trial_balance,
    verify_seals,
)
from console.access import FINANCE, me, staff_page
from console.deeds import prove_now, retry_posting
from console.frame import Rail, render_page
from console.ledger.looking import MOST_KEY, look_up
from console.ledger.page import TrialTable, lay_out, lay_out_entries, list_findings, name_shops, read_instant
from console.lists import PAGE, cut, read_position, read_text
from console.words import BOOKS
from web.shapes import Tab
from web.toasts import add_toast

MOST_CLEARING = 20
MOST_CLEARING_COUNTED = 1_000
MOST_WAITED_MS = 3_000


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
    proof, poster = get_last_proof(), get_poster_health(now)
    tables = lay_out(trial_balance(at))
    clearing = list_open_clearing(MOST_CLEARING_COUNTED)
    context = {
        "now": now,
        "at": at,
        "typed_at": request.GET.get("at", "")[:16],
        "wrong_instant": wrong_instant,
        "tabs": _list_tabs(request, tables, table := _choose(tables, request.GET.get("book", ""))),
        "table": table,
        "difference_minor": sum(abs(one.difference_minor) for one in tables),
        "proof": proof,
        "findings": list_findings(proof),
        "may_prove": proof is None or proof.took_ms <= MOST_WAITED_MS,
        "clearing": clearing[:MOST_CLEARING],
        "clearing_count": len(clearing),
        "shops": name_shops(item.account for item in clearing[:MOST_CLEARING]),
        "poster": poster,
        "latest": list_transactions(limit=8),
        "seals": verify_seals() if request.GET.get("check") == "seals" else None,
    }
    return render_page(
        request, "ledger/ledger.html", context, rail=Rail(poster=poster), status=422 if wrong_instant else 200
    )


@staff_page(*FINANCE)
@require_POST
def prove(request: HttpRequest) -> HttpResponse:
    """Prove all of the books now, as every night; only while that does not take long."""
    last = get_last_proof()
    if last is not None and last.took_ms > MOST_WAITED_MS:
        add_toast(
            request, gettext("The books are too large to be proved while you wait. It happens every night."), bad=True
        )
    elif prove_now(actor_id=me(request), now=timezone.now()).sound:
        add_toast(request, gettext("Every entry was read: the books are sound."))
    else:
        add_toast(request, gettext("The books are not sound: see what was found."), bad=True)
    return redirect("console:ledger")


@staff_page()
@require_GET
def show_transactions(request: HttpRequest) -> HttpResponse:
    """Transactions, newest first; of one kind, or those that a number names: ours, a provider's, or a key."""
    kind, text = read_text(request, "kind", 60), read_text(request, "q", MOST_KEY) or read_text(request, "subject", 80)
    scope = f"transactions:{kind}:{text}"
    before_id = read_position(request, scope)
    rows = (
        look_up(text, kind=kind, before_id=before_id, limit=PAGE + 1)
        if text
        else list_transactions(kind=kind, before_id=before_id, limit=PAGE + 1)
    )
    page = cut(rows, scope, lambda row: row.transaction_id)
    context = {"kind": kind, "text": text, "transactions": page.items, "next_cursor": page.next_cursor}
    return render_page(request, "ledger/transactions.html", context)


@staff_page()
@require_GET
def show_transaction(request: HttpRequest, transaction_id: int) -> HttpResponse:
    """One transaction with its entries, what it reverses, what reversed it, and what asked for it."""
    chain = find_transaction_chain(transaction_id)
    if chain is None:
        raise Http404
    transaction = chain.transaction
    asked = find_posting_request(transaction_id)
    context = {
        "transaction": transaction,
        "chain": chain,
        "tables": lay_out_entries(transaction.entries),
        "asked": asked,
        "waited_seconds": (transaction.created_at - asked.created_at).total_seconds() if asked else 0,
        "shops": name_shops(entry.account for entry in transaction.entries),
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
