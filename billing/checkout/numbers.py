"""Numbers of purchases and shares: short enough for a provider, unguessable, readable on the telephone."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U


def make_purchase_no(now: datetime) -> str:
    """Such as `261122K7Q2M9T4XA`: the business day and ten random letters (50 bits)."""
    day = now.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).strftime("%y%m%d")
    return day + "".join(secrets.choice(_LETTERS) for _ in range(10))


def make_share_no(purchase_no: str, position: int) -> str:
    """The number of a purchase's share, from 1 on: `261122K7Q2M9T4XA-1`."""
    return f"{purchase_no}-{position}"
