"""Views of a shop's money: its balance, everything that came and went, one posting in words."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from billing.checkout.selectors import list_shop_shares
from billing.ledger.contracts import Code, OwnerKind
from billing.ledger.contracts.shop_books import EntryFilter, ShopEntry
from billing.ledger.rules import CHART
from billing.ledger.selectors.shop_books import (
    list_held_orders,
    list_shop_accounts,
    list_shop_books,
    list_shop_entries,
    sum_held_orders,
)
from billing.ledger.selectors.shop_transactions import NotOfShop, get_shop_transaction, list_shop_reversals
from billing.settlement.contracts.earnings import ShareEarnings
from billing.settlement.exporting.files import MOST_AT_ONCE, count_rows
from billing.settlement.exporting.sheets import FileFormat
from billing.settlement.selectors import list_reserves
from billing.settlement.selectors.earnings import list_earnings
from billing.settlement.words import name_account, name_kind, place_account
from market.money import DEFAULT_CURRENCY
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.money.exports import describe_export, list_made_files
from merchant_portal.money.filters import EntryQuery, name_groups, read_query
from merchant_portal.money.page import (
    describe_legs,
    find_about,
    find_share_no,
    list_held,
    list_movements,
    name_lots,
    sort_balances,
    sum_balances,
)
from web.paging import BadCursor, CursorPage, cut_page, decode_cursor
from web.shapes import Tab

PAGE = 50
LATEST = 8
MOST_HELD = 20


@require_GET
@shop_required("money")
def show_balance(request: HttpRequest) -> HttpResponse:
    """What is available, what is held and why, what is on its way, what is owed."""
    shop_id, now = visit_of(request).shop.shop_id, timezone.now()
    currency = read_query(request.GET, shop_id=shop_id).currency
    balances = sort_balances(
        list_shop_accounts(shop_id=shop_id, currency=currency), sum_held_orders(shop_id=shop_id, currency=currency)
    )
    held = list_held(
        _find_in_custody(shop_id, currency),
        list_held_orders(shop_id=shop_id, currency=currency, limit=MOST_HELD),
        [one for one in list_reserves(shop_id=shop_id, now=now, limit=MOST_HELD) if one.currency == currency],
    )
    latest = list_shop_entries(shop_id=shop_id, currency=currency, wanted=EntryFilter(), limit=LATEST)
    context = {
        "currency": currency,
        "currencies": list_currency_tabs(request, currency, "portal:money"),
        "balances": balances,
        "sums": sum_balances(balances),
        "held": held,
        "latest": list_movements(latest, shop_id=shop_id),
        "now": now,
    }
    return render_page(request, "portal/money/balance.html", context)


@require_GET
@shop_required("money")
def show_entries(request: HttpRequest) -> HttpResponse:
    """Everything that came and went, newest first, under a filter."""
    visit = visit_of(request)
    shop_id = visit.shop.shop_id
    query = read_query(request.GET, shop_id=shop_id)
    page = _read_page(request, query, shop_id)
    export = describe_export(request, query)
    context = {
        "query": query,
        "currencies": list_currency_tabs(request, query.currency, "portal:money-entries"),
        "tabs": _list_account_tabs(query, shop_id),
        "groups": name_groups(),
        "kind_name": name_kind(query.kind) if query.kind not in dict(name_groups()) else "",
        "movements": list_movements(page.items, shop_id=shop_id),
        "next_cursor": page.next_cursor,
        "count": 0 if query.wrongs else count_rows(export, most=MOST_AT_ONCE),
        "most_at_once": MOST_AT_ONCE,
        "formats": [one.value for one in FileFormat],
        "made_files": list_made_files(shop_id),
    }
    return render_page(request, "portal/money/entries.html", context, status=422 if query.wrongs else 200)


@require_GET
@shop_required("money")
def show_posting(request: HttpRequest, transaction_id: int) -> HttpResponse:
    """One posting in words: where money came in and where it went out."""
    shop_id = visit_of(request).shop.shop_id
    try:
        posting = get_shop_transaction(shop_id=shop_id, transaction_id=transaction_id)
    except NotOfShop as error:
        raise Http404 from error
    lots = name_lots([(posting.kind, posting.subject)])
    about, href = lots.get(posting.subject) or find_about(posting.kind, posting.subject)
    context = {
        "posting": posting,
        "name": name_kind(posting.kind),
        "about": about,
        "about_href": href,
        "share_no": find_share_no(posting.kind, posting.subject),
        "legs": describe_legs(posting.legs),
        "currency": posting.legs[0].account.currency,
        "reversals": list_shop_reversals(shop_id=shop_id, transaction_id=transaction_id),
    }
    return render_page(request, "portal/money/posting.html", context)


def list_currency_tabs(request: HttpRequest, current: str, place: str) -> list[Tab]:
    """One tab a currency; none where the shop has one currency only."""
    books = list_shop_books([visit_of(request).shop.shop_id])
    currencies = sorted({DEFAULT_CURRENCY, *(one.currency for one in books)}, key=lambda code: code != DEFAULT_CURRENCY)
    if len(currencies) == 1:
        return []
    return [Tab(code, f"{reverse(place)}?currency={code}", code == current) for code in currencies]


def _find_in_custody(shop_id: int, currency: str) -> list[ShareEarnings]:
    """Orders on their way whose money the payment provider holds, the oldest first."""
    shares = [
        share
        for tab in ("to_ship", "to_receive")
        for _, share in list_shop_shares(shop_id=shop_id, tab=tab, limit=MOST_HELD)
        if share.currency == currency
    ]
    earned = list_earnings(shop_id=shop_id, share_nos=[share.share_no for share in shares])
    return [earned[share.share_no] for share in reversed(shares) if earned[share.share_no].custody_minor > 0]


def _read_page(request: HttpRequest, query: EntryQuery, shop_id: int) -> CursorPage[ShopEntry]:
    if query.wrongs:
        return CursorPage((), None)
    scope = f"money:{shop_id}:{query.scope}"
    before = None
    if after := request.GET.get("after"):
        try:
            at, entry_id = decode_cursor(after, scope=scope, length=2)
            before = (datetime.fromisoformat(str(at)), int(entry_id or 0))
        except (BadCursor, ValueError) as error:
            raise Http404 from error
    rows = list_shop_entries(
        shop_id=shop_id, currency=query.currency, wanted=query.wanted, before=before, limit=PAGE + 1
    )
    return cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row.created_at.isoformat(), row.entry_id])


def _list_account_tabs(query: EntryQuery, shop_id: int) -> list[Tab]:
    """All, and one tab for each account that the shop has."""
    address = reverse("portal:money-entries")
    parts = {name: value for name, value in query.parts.items() if name not in ("account", "statement")}
    found = list_shop_accounts(shop_id=shop_id, currency=query.currency)
    codes: list[Code | None] = [None, *sorted((one.account.code for one in found), key=place_account)]
    if query.account not in codes and query.account and CHART[query.account].owner_kind is OwnerKind.SHOP:
        codes.append(query.account)
    return [
        Tab(
            name_account(code) if code else gettext("All movements"),
            f"{address}?{urlencode({**parts, **({'account': code.value} if code else {})})}",
            code is query.account,
        )
        for code in codes
    ]
