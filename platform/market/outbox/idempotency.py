"""Idempotency keys: the same key and request get the first answer; nothing is done twice.

Follows the IETF draft "The Idempotency-Key HTTP Header Field": 409 while the first is in flight, 422 for another body.
A key is leased for 60 s, so that a retry takes over from a process that died.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction

from market.outbox.contracts import StoredResponse
from market.outbox.models import IdempotencyKey

LEASE_SECONDS = 60
MAX_KEY = 100
KEPT_BELOW_STATUS = 500


class BadKey(ValueError):
    """A key is 1 to 100 visible ASCII characters."""


class KeyInFlight(RuntimeError):
    """The first request with this key has not been answered yet: 409."""


class KeyReused(ValueError):
    """This key was used for another request: 422."""


def run_once(
    *, scope: str, key: str, request: bytes, now: datetime, work: Callable[[], StoredResponse]
) -> StoredResponse:
    """Do the work once for (scope, key). `work` opens its own transaction and must be idempotent by itself as well.

    A failure (an exception, or an answer of 500 and more) gives the key back, so that a retry may do the work.
    Raises `BadKey`, `KeyInFlight`, `KeyReused`.
    """
    if not (1 <= len(key) <= MAX_KEY) or not key.isascii() or not key.isprintable():
        raise BadKey(key[:20])
    digest = hashlib.sha256(request).hexdigest()
    stored = _take(scope, key, digest, now)
    if stored is not None:
        return stored
    try:
        response = work()
    except BaseException:
        _give_back(scope, key)
        raise
    if response.status >= KEPT_BELOW_STATUS:
        _give_back(scope, key)
    else:
        IdempotencyKey.objects.filter(scope=scope, key=key).update(
            status=response.status,
            body=response.body,
            content_type=response.content_type,
            location=response.location,
        )
    return response


@transaction.atomic
def _take(scope: str, key: str, digest: str, now: datetime) -> StoredResponse | None:
    until = now + timedelta(seconds=LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_idempotencykey (scope, key, request_hash, leased_until, created_at, body, content_type,"
            " location) VALUES (%s, %s, %s, %s, %s, '', '', '') ON CONFLICT (scope, key) DO NOTHING",
            [scope, key, digest, until, now],
        )
        if cursor.rowcount:
            return None
    row = IdempotencyKey.objects.select_for_update(no_key=True).get(scope=scope, key=key)
    if row.request_hash != digest:
        raise KeyReused(key)
    if row.status is not None:
        return StoredResponse(row.status, bytes(row.body), row.content_type, row.location)
    if row.leased_until > now:
        raise KeyInFlight(key)
    row.leased_until = until
    row.save(update_fields=["leased_until"])
    return None


def _give_back(scope: str, key: str) -> None:
    IdempotencyKey.objects.filter(scope=scope, key=key, status__isnull=True).delete()


def purge_keys(*, before: datetime) -> int:
    """Forget keys of requests answered before an instant (24 h is the usual promise)."""
    deleted, _ = IdempotencyKey.objects.filter(created_at__lt=before).delete()
    return deleted
