"""Who is who without names: keyed digests (HMAC-SHA-256, RFC 2104) in two steps.

The person's digest needs the application's key; the visitor's needs the week's salt too, which is deleted in time.
"""

import hashlib
import hmac
import uuid
from datetime import date, timedelta

_PURPOSE = b"jishi.signals.person:"


def make_person(*, secret: str, user_id: int | None = None, guest_key: str = "") -> str:
    """The digest of a member, else of a guest, 32 hex digits; "" for somebody unknown."""
    if user_id is None and not guest_key:
        return ""
    name = f"user:{user_id}" if user_id is not None else f"guest:{guest_key}"
    return hmac.new(secret.encode(), _PURPOSE + name.encode(), hashlib.sha256).hexdigest()[:32]


def make_visitor(person: str, *, salt: bytes) -> uuid.UUID | None:
    """A person as the events of one week know them; None for somebody unknown."""
    if not person:
        return None
    return uuid.UUID(bytes=hmac.new(salt, person.encode(), hashlib.sha256).digest()[:16])


def make_token(*parts: object) -> uuid.UUID:
    """The name of an event, the same for the same parts."""
    return uuid.UUID(bytes=hashlib.blake2b(repr(parts).encode(), digest_size=16).digest())


def find_week(day: date) -> date:
    """The Monday of a day's week: from when its salt holds."""
    return day - timedelta(days=day.weekday())
