"""Views of purchases: the list, and one purchase with payment, releases and postings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from billing.checkout.contracts import PurchaseState, PurchaseView, ShareSummary
from billing.checkout.selectors import count_purchases_by_state, find_purchase, list_purchases
from billing.ledger.contracts import TransactionView
from billing.ledger.selectors import list_transactions
from billing.payments.contracts import PaymentView, RefundView, ShareView
from billing.payments.selectors import PaymentNotFound, get_payment, list_refunds_of
from billing.settlement.contracts import ReleaseView
from billing.settlement.selectors import list_releases_of
from console.access import staff_page
from console.commission.agreed import AgreedLine, list_agreed
from console.frame import render_page
from console.lists import PAGE, cut, read_position, read_text
from console.words import PURCHASE_STATES
from market.accounts.selectors import list_people_by_ids
from web.shapes import Tab

MOST_POSTINGS = 200
SHARES_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class ShareStory:
    """One shop's share, and everything that happened to its money."""

    share: ShareSummary
    paid: ShareView | None
    refunds: list[RefundView]
    release: ReleaseView | None
    agreed: Sequence[AgreedLine]
    postings: list[TransactionView]


@staff_page()
@require_GET
def show_purchases(request: HttpRequest) -> HttpResponse:
    """Purchases behind one tab, or found by a number."""
    state = _read_state(request.GET.get("tab", "all"))
    number = read_text(request, "q", 60)
    scope = f"purchases:{state.value if state else 'all'}:{number}"
    rows = list_purchases(state=state, number=number, before_id=read_position(request, scope), limit=PAGE + 1)
    page = cut(rows, scope, lambda row: row[0])
    context = {
        "tabs": _list_tabs(state),
        "number": number,
        "state": state.value if state else "",
        "purchases": [purchase for _, purchase in page.items],
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "purchases/list.html", context)


@staff_page()
@require_GET
def show_purchase(request: HttpRequest, purchase_no: str) -> HttpResponse:
    """One purchase: shares, payment, releases, postings."""
    purchase = find_purchase(purchase_no)
    if purchase is None:
        raise Http404
    payment = _find_payment(purchase)
    context = {
        "purchase": purchase,
        "payment": payment,
        "stories": list(_tell(purchase, payment)),
        "own_postings": list_transactions(subject=purchase.purchase_no, limit=MOST_POSTINGS),
        "buyer": list_people_by_ids([purchase.buyer_id]).get(purchase.buyer_id),
    }
    return render_page(request, "purchases/purchase.html", context)


def _tell(purchase: PurchaseView, payment: PaymentView | None) -> Iterable[ShareStory]:
    """The stories of all shares, in as many statements for fifty shops as for one (but for their postings)."""
    numbers = [share.share_no for share in purchase.shares]
    paid = {share.share_no: share for share in payment.shares} if payment else {}
    refunds, releases = list_refunds_of(numbers), list_releases_of(numbers)
    agreed = list_agreed(numbers)
    postings = list(_list_postings(numbers))
    for share in purchase.shares:
        yield ShareStory(
            share=share,
            paid=paid.get(share.share_no),
            refunds=[refund for refund in refunds if refund.share_no == share.share_no],
            release=releases.get(share.share_no),
            agreed=agreed.get(share.share_no, []),
            postings=[posting for posting in postings if posting.subject == share.share_no],
        )


def _list_postings(numbers: Sequence[str]) -> Iterable[TransactionView]:
    for start in range(0, len(numbers), SHARES_AT_ONCE):
        yield from list_transactions(subjects=numbers[start : start + SHARES_AT_ONCE], limit=MOST_POSTINGS)


def _find_payment(purchase: PurchaseView) -> PaymentView | None:
    if not purchase.payment_no:
        return None
    try:
        return get_payment(purchase.payment_no)
    except PaymentNotFound:
        return None


def _read_state(tab: str) -> PurchaseState | None:
    if tab == "all":
        return None
    try:
        return PurchaseState(tab)
    except ValueError as error:
        raise Http404 from error


def _list_tabs(current: PurchaseState | None) -> list[Tab]:
    address, counts = reverse("console:purchases"), count_purchases_by_state()
    tabs = [Tab(gettext("All"), address, current is None, sum(counts.values()))]
    for state in PurchaseState:
        href = f"{address}?tab={state.value}"
        tabs.append(Tab(str(PURCHASE_STATES[state]), href, state is current, counts[state]))
    return tabs
