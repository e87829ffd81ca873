"""Proving all of the books once a night, and keeping what came of it."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import connection, transaction

from billing.ledger.contracts import StoredProof
from billing.ledger.models import ProofRun
from billing.ledger.selectors.proofs import prove_ledger
from billing.ledger.selectors.proving import to_stored_proof

log = structlog.get_logger(__name__)

PROOF_HOUR = 3  # of the business day: the settlements of the evening are in, the shops are asleep
_LOCK = 7_320_111  # any number that no other advisory lock of the project uses

# An account's version counts its entries; the proof finds the one that does not.
_SIZE = """
SELECT (SELECT count(*) FROM ledger_transaction), coalesce(sum(version), 0)::bigint, count(*) FROM ledger_account
"""


@transaction.atomic(durable=True)
def prove_and_store(now: datetime) -> StoredProof:
    """Prove all of the books and store the result. Reads every entry: about a minute for ten millions of them."""
    return _prove(now)


@transaction.atomic(durable=True)
def prove_due(now: datetime) -> bool:
    """`prove_and_store`, once a night and by one process only: False when it is done, or being done elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        (locked,) = cursor.fetchone()
    if not locked or ProofRun.objects.filter(proven_at__gte=_last_night(now), proven_at__lte=now).exists():
        return False
    _prove(now)
    return True


def _prove(now: datetime) -> StoredProof:
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_SIZE)
        transactions, entries, accounts = cursor.fetchone()
    proof = prove_ledger()
    row = ProofRun.objects.create(
        proven_at=now,
        took_ms=round(1000 * (time.monotonic() - started)),
        transactions=transactions,
        entries=entries,
        accounts=accounts,
        findings={
            "unbalanced": proof.unbalanced,
            "wrong_accounts": proof.wrong_accounts,
            "broken_floors": proof.broken_floors,
            "wrong_holds": proof.wrong_holds,
        },
    )
    stored = to_stored_proof(row)
    if not stored.sound:
        log.error("ledger.unsound", findings=row.findings)
    return stored


def _last_night(now: datetime) -> datetime:
    here = now.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))
    night = here.replace(hour=PROOF_HOUR, minute=0, second=0, microsecond=0)
    return night if night <= here else night - timedelta(days=1)
