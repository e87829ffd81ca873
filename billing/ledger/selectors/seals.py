"""Reading the chain of seals against the rows it covers."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from billing.ledger.contracts import SealReport
from billing.ledger.models import Entry, Seal, Transaction
from billing.ledger.rules import DIGEST_BYTES, SealedRange, compare_digests, compute_head, unpack_digests
from billing.ledger.seal_record import BadSealRecord, SealRecord, find_last_record

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
    record, unread = _read_record()  # first: it never runs ahead of the chain, which may grow while we walk
    findings = _list_below_one()
    heads: dict[int, str] = {}
    sealed_rows = 0
    ends = {"transaction": 0, "entry": 0}
    for seal in _walk():
        ranges = list_ranges(seal)
        findings += _check_link(seal, ranges, ends, heads)
        for table, sealed in ranges.items():
            digests = unpack_digests(sealed.digests)
            sealed_rows += len(digests)
            findings += compare_digests(table, digests, read_digests(table, ends[table], sealed.upto))
            ends[table] = max(ends[table], sealed.upto)
        heads[seal.number] = seal.head
        if len(findings) >= MAX_FINDINGS:
            break
    else:
        findings += unread or _check_record(record, heads)
    unsealed = Transaction.objects.filter(pk__gt=ends["transaction"]).count()
    unsealed += Entry.objects.filter(pk__gt=ends["entry"]).count()
    return SealReport(len(heads), sealed_rows, unsealed, tuple(findings[:MAX_FINDINGS]))


def _walk() -> Iterator[Seal]:
    yield from Seal.objects.filter(number__gte=1).order_by("number").iterator(chunk_size=50)


def _list_below_one() -> list[str]:
    """Ids and seals count from 1: what stands below was not written by us, and no seal would ever cover it."""
    rows = {"transaction": Transaction.objects, "entry": Entry.objects, "seal": Seal.objects}
    return [
        f"{table} {number} was inserted"
        for table, found in rows.items()
        for number in found.filter(pk__lt=1).order_by("pk").values_list("pk", flat=True)[:MAX_FINDINGS]
    ]


def _check_link(seal: Seal, ranges: dict[str, SealedRange], ends: dict[str, int], heads: dict[int, str]) -> list[str]:
    """What is wrong with a seal itself. After a gap its link cannot be checked, and `ends` go on where it begins."""
    last = max(heads, default=0)
    if seal.number > last + 1:
        ends.update({table: max(ends[table], sealed.after) for table, sealed in ranges.items()})
        return [f"seal {number} is missing before seal {seal.number}" for number in _list_gap(last, seal.number)]
    findings = []
    for table, sealed in ranges.items():
        if sealed.after != ends[table]:
            findings.append(f"seal {seal.number} leaves out {table}s after {ends[table]}")
    head = compute_head(
        secret=settings.LEDGER_SEAL_KEY,
        previous=heads.get(last, ""),
        number=seal.number,
        sealed_at=seal.sealed_at,
        ranges=ranges,
    )
    if head != seal.head:
        findings.append(f"seal {seal.number} was changed")
    return findings


def _list_gap(last: int, number: int) -> range:
    return range(last + 1, min(number, last + 1 + MAX_FINDINGS))


def _read_record() -> tuple[SealRecord | None, list[str]]:
    try:
        return find_last_record(settings.LEDGER_SEAL_FILE), []
    except BadSealRecord as problem:
        return None, [str(problem)]


def _check_record(record: SealRecord | None, heads: dict[int, str]) -> list[str]:
    if record is None:
        return [f"nothing is recorded outside of {len(heads)} seals"] if heads else []
    if record.number > max(heads, default=0):
        return [f"the chain was cut off: {record.number} seals are recorded outside, {len(heads)} are there"]
    if record.number in heads and heads[record.number] != record.head:
        return [f"seal {record.number} is not the one that was recorded outside"]
    return []
