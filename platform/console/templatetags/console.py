"""Tags of the console: states as badges, codes and deeds in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from console import words

register = template.Library()
_LISTS: dict[str, words.Words] = {
    "shop": words.SHOP_STATES,
    "purchase": words.PURCHASE_STATES,
    "order": words.ORDER_STATES,
    "payment": words.PAYMENT_STATES,
    "custody": words.CUSTODY_STEPS,
    "refund": words.REFUND_STATES,
    "release": words.RELEASE_STATES,
    "payout": words.PAYOUT_STATES,
    "channel": words.CHANNELS,
    "job": words.JOB_STATES,
    "clearing": words.CLEARING_STATES,
    "method": words.METHODS,
    "book": words.BOOKS,
    "account": words.ACCOUNTS,
    "reason": words.REASONS,
    "deed": words.DEEDS,
    "actor": words.ACTORS,
    "team": words.TEAM_ROLES,
    "ban": words.BAN_REASONS,
    "met_in": words.MET_IN,
}


@register.filter
def named(value: object, kind: str) -> str:
    """The word for a state or code: `{{ shop.status|named:"shop" }}`; what has none shows as it is."""
    return str(_LISTS[kind].get(str(value), value))


@register.filter
def lasting(seconds: float) -> str:
    """A span of time as one reads it: `0.8 s`, `12 min`, `3 h`, `40 d`."""
    if seconds < 60:
        return gettext("%(count)s s") % {"count": f"{seconds:.1f}" if seconds else "0"}
    if seconds < 3600:
        return gettext("%(count)s min") % {"count": int(seconds // 60)}
    if seconds < 48 * 3600:
        return gettext("%(count)s h") % {"count": int(seconds // 3600)}
    return gettext("%(count)s d") % {"count": int(seconds // 86400)}


@register.filter
def seconds(milliseconds: int) -> str:
    """Milliseconds as seconds with a decimal: `0.3`."""
    return f"{milliseconds / 1000:.1f}"


@register.simple_tag
def state(value: object, kind: str) -> SafeString:
    """A state as a badge with its word."""
    return format_html('<span class="badge {}">{}</span>', words.tone_of(str(value)), named(value, kind))
