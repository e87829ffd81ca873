"""One lot: how many bid while bids are sealed, who bid what and why it costs so much afterwards, and taking it away."""

from collections.abc import Mapping, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from console.access import REVIEWERS, me, staff_page
from console.advertisers.views import describe_trail
from console.frame import render_page
from market.audit.selectors import list_entries
from market.money import format_minor
from market.shops.selectors import list_shops_by_ids
from search.auction.contracts import PriceStep, PriceStepKind
from search.auction.explaining import PriceDisputed, explain_lot_price
from search.slots.contracts import BidState, BidView, LostBecause, LotState, LotView, PartState
from search.slots.selectors import count_standing_bids, find_lot, list_bids, list_parts, measure_cancel
from search.slots.services import LotNotFound, LotOver, NoReason, cancel_lot
from web.shapes import SumRow
from web.toasts import add_toast

MOST_LINES = 12
LOST: Mapping[LostBecause, str | Promise] = {
    LostBecause.OUTBID: _("Somebody bid more, or as much before"),
    LostBecause.CREATIVE: _("Its picture was not approved"),
    LostBecause.SHOP: _("The shop could not advertise"),
    LostBecause.CANCELLED: _("The lot was taken away"),
}
PARTS: Mapping[PartState, tuple[str | Promise, str]] = {
    PartState.WAITING: (_("To come"), ""),
    PartState.DELIVERED: (_("Shown, earned"), "good"),
    PartState.RETURNED: (_("Given back"), "warn"),
}


@staff_page()
@require_GET
def show(request: HttpRequest, lot_id: int) -> HttpResponse:
    """The lot. While it takes bids only their number is read; the amounts are sealed for staff too."""
    lot, now = find_lot(lot_id), timezone.now()
    if lot is None:
        raise Http404
    bids, parts = list_bids(lot_id), list_parts(lot_id)
    shop_ids = {bid.shop_id for bid in bids} | ({lot.shop_id} if lot.shop_id is not None else set())
    context = {
        "lot": lot,
        "is_sealed": lot.state is LotState.OPEN,
        "sealed_bids": count_standing_bids([lot_id]).get(lot_id, 0),
        "bids": [(bid, _say_bid(bid)) for bid in bids],
        "shops": list_shops_by_ids(shop_ids),
        "why": _explain(lot),
        "is_sold": lot.price_minor is not None,
        "parts": [(part, *PARTS[part.state]) for part in parts],
        "returned_minor": sum(part.amount_minor for part in parts if part.state is PartState.RETURNED),
        "effect": measure_cancel(lot_id, now=now),
        "trail": describe_trail(list_entries(target=("lot", str(lot_id)), limit=MOST_LINES)),
    }
    return render_page(request, "advertising/lot.html", context)


@staff_page(*REVIEWERS)
@require_POST
def take_away(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Cancel a lot; bidders read why, and what was not delivered goes back."""
    effect = measure_cancel(lot_id, now=timezone.now())
    try:
        cancel_lot(lot_id=lot_id, reason=request.POST.get("reason", ""), actor_id=me(request), now=timezone.now())
    except NoReason:
        add_toast(request, gettext("Write a reason of one line: the merchant reads it."), bad=True)
    except LotNotFound as error:
        raise Http404 from error
    except LotOver:
        add_toast(request, gettext("This lot is over or cancelled already."), bad=True)
    else:
        said = gettext("Cancelled. What was held or not delivered goes back.")
        if effect is not None and effect.returned_minor:
            said = gettext("Cancelled. ¥%(sum)s goes back.") % {"sum": format_minor(effect.returned_minor)}
        add_toast(request, said)
    return redirect("console:ads-lot", lot_id)


def _explain(lot: LotView) -> list[SumRow]:
    """How the price of a sold lot came about; nothing where it is not sold, or does not follow from its inputs."""
    if lot.price_minor is None or lot.inputs is None:
        return []
    try:
        rows = [row for step in explain_lot_price(lot.price_minor, lot.inputs) for row in _say_step(step)]
    except PriceDisputed:
        return []
    return [*rows, SumRow(gettext("Price of the lot"), lot.price_minor, kind="total")]


def _say_step(step: PriceStep) -> Sequence[SumRow]:
    if step.kind is PriceStepKind.NOBODY_NEXT:
        return [SumRow(gettext("Lowest price of the lot"), step.result_minor, gettext("nobody else bid"))]
    if step.kind is PriceStepKind.STEP_MORE:
        second, more = step.operands
        return [SumRow(gettext("Second highest bid"), second), SumRow(gettext("One step above it"), more)]
    if step.kind is PriceStepKind.AT_LEAST_RESERVE:
        return [SumRow(gettext("At least the lowest price"), step.result_minor)]
    return [SumRow(gettext("Never above the winner's maximum"), step.result_minor)]


def _say_bid(bid: BidView) -> str:
    if bid.state is BidState.WON:
        return gettext("Won")
    if bid.state is BidState.WITHDRAWN:
        return gettext("Withdrawn")
    return str(LOST[bid.because]) if bid.because else gettext("Being decided")
