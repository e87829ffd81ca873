"""Why a view or click is not charged, or was given back, as people read it."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from search.auction.contracts import InvalidReason

_REASONS: Mapping[str, str] = {
    InvalidReason.TOKEN_BAD.value: gettext_noop("Not signed by us"),
    InvalidReason.TOKEN_EXPIRED.value: gettext_noop("Came too late"),
    InvalidReason.TOKEN_USED.value: gettext_noop("Told twice"),
    InvalidReason.NOT_RENDERED.value: gettext_noop("The ad was never on screen"),
    InvalidReason.TOO_FAST.value: gettext_noop("Faster than a person clicks"),
    InvalidReason.ROBOT.value: gettext_noop("A program"),
    InvalidReason.DATA_CENTRE.value: gettext_noop("From a data centre"),
    InvalidReason.PREFETCH.value: gettext_noop("Fetched ahead by a browser"),
    InvalidReason.STAFF.value: gettext_noop("Our own staff"),
    InvalidReason.OWN_SHOP.value: gettext_noop("Your own team"),
    InvalidReason.SAME_MERCHANT.value: gettext_noop("Somebody of the same merchant"),
    InvalidReason.DOUBLE_CLICK.value: gettext_noop("Clicked twice"),
    InvalidReason.BILLED_TODAY.value: gettext_noop("The same person was charged today"),
    InvalidReason.NETWORK_RATE.value: gettext_noop("Too many from one network"),
    InvalidReason.UNUSUAL_CLICK_RATE.value: gettext_noop("Clicks far more often than others"),
    InvalidReason.REGULAR_GAPS.value: gettext_noop("Clicks like clockwork"),
    InvalidReason.NO_DWELL.value: gettext_noop("Never looks at what it opens"),
    InvalidReason.ENDLESS_VIEWS.value: gettext_noop("Views without end"),
    InvalidReason.RIVAL_DEVICE.value: gettext_noop("A rival's device"),
}


def name_reason(reason: str) -> str:
    """A reason in words; one that has none stands as it is."""
    known = _REASONS.get(reason)
    return reason if known is None else gettext(known)
