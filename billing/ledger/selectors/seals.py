"""Reading the chain of seals against the rows it covers."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from billing.ledger.contracts import SealReport
from billing.ledger.models import Entry, Seal, Transaction
from billing.ledger.rules import DIGEST_BYTES, SealedRange, compare_digests, compute_head, unpack_digests
from billing.ledger.seal_record import BadSealRecord, find_last_record

MAX_FINDINGS = 1000

# The server digests each row, so that only digests travel. JSON tells every value from its neighbour, and null from ''.
DIGESTS = {
    "transaction": f"""
        SELECT id, substring(sha256(convert_to(json_build_array(id, key, payload_hash, kind, subject, event,
               reverses_id, business_date, created_at AT TIME ZONE 'UTC')::text, 'UTF8')) FOR {DIGEST_BYTES})
        FROM ledger_transaction WHERE id > %s AND id <= %s
    """,  # noqa: S608 - only our own constant
    "entry": f"""
        SELECT id, substring(sha256(convert_to(json_build_array(id, transaction_id, account_id, side, amount_minor,
               balance_after_minor, account_version, created_at AT TIME ZONE 'UTC')::text, 'UTF8')) FOR {DIGEST_BYTES})
        FROM ledger_entry WHERE id > %s AND id <= %s
    """,  # noqa: S608 - only our own constant
}


def read_digests(table: str, after: int, upto: int) -> dict[int, bytes]:
    """The digests of a table's rows as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(DIGESTS[table], [after, upto])
        return {number: bytes(digest) for number, digest in cursor.fetchall()}


def list_ranges(seal: Seal) -> dict[str, SealedRange]:
    """What a seal covers."""
    return {
        "transaction": SealedRange(seal.transactions_after, seal.transactions_upto, bytes(seal.transaction_digests)),
        "entry": SealedRange(seal.entries_after, seal.entries_upto, bytes(seal.entry_digests)),
    }


def verify_seals() -> SealReport:
    """Walk the whole chain: its own links, the record outside, and every sealed row."""
    findings: list[str] = []
    heads: dict[int, str] = {}
    sealed_rows = 0
    ends = {"transaction": 0, "entry": 0}
    for seal in _walk():
        ranges = list_ranges(seal)
        findings += _check_link(seal, ranges, ends, len(heads) + 1, heads.get(len(heads), ""))
        for table, sealed in ranges.items():
            digests = unpack_digests(sealed.digests)
            sealed_rows += len(digests)
            findings += compare_digests(table, digests, read_digests(table, ends[table], sealed.upto))
            ends[table] = sealed.upto
        heads[len(heads) + 1] = seal.head
        if len(findings) >= MAX_FINDINGS:
            break
    findings += _check_record(heads)
    unsealed = Transaction.objects.filter(pk__gt=ends["transaction"]).count()
    unsealed += Entry.objects.filter(pk__gt=ends["entry"]).count()
    return SealReport(len(heads), sealed_rows, unsealed, tuple(findings[:MAX_FINDINGS]))


def _walk() -> Iterator[Seal]:
    yield from Seal.objects.order_by("number").iterator(chunk_size=50)


def _check_link(
    seal: Seal, ranges: dict[str, SealedRange], ends: dict[str, int], number: int, previous: str
) -> list[str]:
    findings = []
    if seal.number != number:
        findings.append(f"seal {number} is missing before seal {seal.number}")
    for table, sealed in ranges.items():
        if sealed.after != ends[table]:
            findings.append(f"seal {seal.number} leaves out {table}s after {ends[table]}")
    head = compute_head(
        secret=settings.LEDGER_SEAL_KEY,
        previous=previous,
        number=seal.number,
        sealed_at=seal.sealed_at,
        ranges=ranges,
    )
    if head != seal.head:
        findings.append(f"seal {seal.number} was changed")
    return findings


def _check_record(heads: dict[int, str]) -> list[str]:
    try:
        record = find_last_record(settings.LEDGER_SEAL_FILE)
    except BadSealRecord as problem:
        return [str(problem)]
    if record is None:
        return [f"nothing is recorded outside of {len(heads)} seals"] if heads else []
    if record.number > len(heads):
        return [f"the chain was cut off: {record.number} seals are recorded outside, {len(heads)} are there"]
    if heads[record.number] != record.head:
        return [f"seal {record.number} is not the one that was recorded outside"]
    return []
