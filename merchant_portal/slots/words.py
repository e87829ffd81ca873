"""Lots and bids in words: states with the tone of their badges, refusals, and a price step by step."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from billing.wallets.services import NotEnough
from market.money import format_minor
from search.auction.contracts import PriceStep, PriceStepKind
from search.auction.explaining import explain_lot_price
from search.auction.lots import BidBelowReserve, BidLowered, BidTooLarge
from search.campaigns.contracts import CreativeState
from search.slots.contracts import BidState, BidView, LostBecause, LotState, LotUnit, LotView, PartState, SlotTerms
from search.slots.services import CreativeUnfit, LotClosed, ShopMayNotBid, TooManyBids
from web.moments import day_name
from web.shapes import SumRow

Badge = tuple[str, str]
REFUSALS = (
    BidBelowReserve,
    BidLowered,
    BidTooLarge,
    CreativeUnfit,
    LotClosed,
    NotEnough,
    ShopMayNotBid,
    TooManyBids,
)
"""What may be said to a bid."""


def name_span(lot: LotView, *, now: datetime) -> str:
    """When a lot runs: `tomorrow (24 Nov)`, with its hours or the day it ends on."""
    starts, ends = timezone.localtime(lot.span.starts_at), timezone.localtime(lot.span.ends_at)
    today = timezone.localdate(now)
    first = day_name(starts.date(), today=today)
    if lot.slot.terms.unit is LotUnit.HOUR:
        return f"{first} {starts:%H:%M}–{'24:00' if ends.date() > starts.date() else f'{ends:%H:%M}'}"
    last = timezone.localdate(lot.span.ends_at - timedelta(days=1))
    return first if last == starts.date() else f"{first} – {day_name(last, today=today)}"


def name_length(terms: SlotTerms) -> str:
    """How long a lot is."""
    if terms.unit is LotUnit.HOUR:
        return ngettext("%(count)s hour", "%(count)s hours", terms.length) % {"count": terms.length}
    return ngettext("%(count)s day", "%(count)s days", terms.length) % {"count": terms.length}


def badge_bid(bid: BidView | None, lot: LotView, *, now: datetime) -> Badge:
    """What a lot is to the shop: (words, tone)."""
    if bid is None or bid.state is BidState.WITHDRAWN:
        if lot.takes_bids(now):
            return gettext("Open for bids"), ""
        words = gettext("Cancelled") if lot.state is LotState.CANCELLED else gettext("Closed")
        return words, ""
    if bid.state is BidState.STANDING:
        if lot.takes_bids(now):
            return gettext("Your bid stands"), "good"
        return gettext("Being decided"), "warn"
    if bid.state is BidState.LOST:
        return (gettext("Cancelled"), "") if bid.because is LostBecause.CANCELLED else (gettext("Not won"), "")
    if lot.state is LotState.CANCELLED:
        return gettext("Cancelled"), "bad"
    if lot.state is LotState.DELIVERED:
        return gettext("Shown"), "good"
    if lot.span.starts_at <= now:
        return (gettext("Being shown"), "good") if lot.is_servable else (gettext("Not shown"), "bad")
    return gettext("Won"), "good"


def say_lost(bid: BidView, lot: LotView) -> str:
    """Why a bid did not win, in a sentence."""
    if bid.because is LostBecause.CREATIVE:
        return gettext("Your picture was not approved when bids ended, so the bid did not count.")
    if bid.because is LostBecause.SHOP:
        return gettext("Your shop could not advertise when bids ended, so the bid did not count.")
    if bid.because is LostBecause.CANCELLED:
        return gettext("We took this lot away: %(reason)s") % {"reason": lot.cancel_reason}
    if bid.maximum_minor == lot.price_minor:
        return gettext("Somebody else bid as much, and before you.")
    return gettext("Somebody else bid more.")


def say_refusal(error: Exception) -> tuple[str | None, str]:
    """The field and the sentence for a bid that was refused."""
    if isinstance(error, NotEnough):
        free = format_minor(error.available_minor)
        return "maximum", gettext("Only ¥%(free)s of your advertising balance is free cash. Top it up first.") % {
            "free": free
        }
    if isinstance(error, BidBelowReserve):
        return "maximum", gettext("This is below the lowest price. Bid that or more.")
    if isinstance(error, BidLowered):
        return "maximum", gettext("A bid can be raised, not lowered. To bid less, withdraw it and bid anew.")
    if isinstance(error, BidTooLarge):
        return "maximum", gettext("This is more than anybody may bid. Check the sum.")
    if isinstance(error, CreativeUnfit):
        return "creative", gettext("This picture cannot be used here: it has to fit the place and must not be refused.")
    if isinstance(error, ShopMayNotBid):
        return None, gettext("Your shop cannot advertise now. Write to us to have it opened.")
    if isinstance(error, TooManyBids):
        return None, gettext("You have bid as often as one shop may. Wait for lots to close.")
    return None, gettext("Bids for this lot have ended.")


def explain_price(lot: LotView) -> list[SumRow]:
    """How the price of a won lot came about, line by line; it ends with the price. Raises `PriceDisputed`."""
    assert lot.price_minor is not None and lot.inputs is not None
    rows = [row for step in explain_lot_price(lot.price_minor, lot.inputs) for row in _say_step(step)]
    return [*rows, SumRow(gettext("Price of the lot"), lot.price_minor, kind="total")]


def _say_step(step: PriceStep) -> list[SumRow]:
    if step.kind is PriceStepKind.NOBODY_NEXT:
        return [SumRow(gettext("Lowest price of the lot"), step.result_minor, gettext("nobody else bid"))]
    if step.kind is PriceStepKind.STEP_MORE:
        second, more = step.operands
        return [
            SumRow(gettext("Second highest bid"), second),
            SumRow(gettext("One step above it"), more, gettext("the smallest raise")),
        ]
    if step.kind is PriceStepKind.AT_LEAST_RESERVE:
        return [SumRow(gettext("At least the lowest price"), step.result_minor)]
    return [SumRow(gettext("Never above your own maximum"), step.result_minor)]


def badge_part(state: PartState) -> Badge:
    """What became of a part: (words, tone)."""
    return {
        PartState.WAITING: (gettext("To come"), ""),
        PartState.DELIVERED: (gettext("Shown, earned"), "good"),
        PartState.RETURNED: (gettext("Given back"), "warn"),
    }[state]


def badge_creative(state: CreativeState) -> Badge:
    """What staff said of a picture: (words, tone)."""
    return {
        CreativeState.WAITING: (gettext("Being reviewed"), "warn"),
        CreativeState.APPROVED: (gettext("Approved"), "good"),
        CreativeState.REFUSED: (gettext("Refused"), "bad"),
    }[state]


def list_prices(prices: Sequence[int]) -> str:
    """The last prices, side by side."""
    return " · ".join(f"¥{format_minor(price)}" for price in prices)
