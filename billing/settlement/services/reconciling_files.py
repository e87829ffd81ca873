"""A provider's file comes in: kept privately, read whole before anything of it is believed, then loaded row by row.

The same content for the same day is one file, however often it comes. Another content for the same day takes the
place of the first one. What is refused has a row, a column and a reason, and nothing of it is loaded.
"""

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any  # Any: columns of a row

from django.conf import settings
from django.db import transaction

from billing.settlement.contracts.reconciling import (
    STATEMENT_KINDS,
    BadStatement,
    StatementKind,
    StatementLine,
    StatementState,
    StatementTotals,
)
from billing.settlement.models.reconciling import ProviderStatement, StatementRow
from billing.settlement.rules.reconciling import (
    UnknownStatement,
    check_hash,
    digest_content,
    open_content,
    read_statement,
    sum_up,
)
from billing.settlement.selectors.reconciling_items import business_zone
from billing.settlement.services.reconciling_runs import lock_provider, reconcile_statement
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.jobs.services import start_job
from market.media.selectors import read_document
from market.media.services import store_document

MARKET = 0
"""Files and jobs of the market itself stand under no shop."""
JOB_KIND = "settlement.statement"
SMALL_BYTES = 4 * 1024 * 1024
"""Some 12,000 lines: read, loaded and compared at once, within a request. Anything larger is a job."""
CHUNK = 5_000
_EMPTY = hashlib.sha256(b"").hexdigest()


def receive_statement(
    *,
    psp: str,
    kind: StatementKind,
    day: date,
    content: bytes,
    now: datetime,
    file_name: str = "",
    merchant: str | None = None,
    stated_sha1: str = "",
    uploaded_by: int | None = None,
    keep_refused: bool = False,
) -> int:
    """Take a file in, load it and compare it with the books; a large one is left to a job. Returns the file's id.

    `merchant` is whose the file has to be: our own number where none is given. Uploads are audited.
    Raises `BadStatement` (nothing is kept then, unless `keep_refused`: the nightly fetch has nobody to tell),
    `UnknownStatement`, and what keeping a private file raises (`DocumentTooLarge`).
    """
    if kind not in STATEMENT_KINDS.get(psp, ()):
        raise UnknownStatement(f"{psp} {kind}")
    merchant = own_merchant(psp) if merchant is None else merchant
    sha256, size = digest_content(content)
    if stated_sha1:
        check_hash(content, stated_sha1)
    small = size <= SMALL_BYTES
    if small and not keep_refused:
        _read_whole(content, psp, kind, day, merchant)
    packed = content if content[:2] == b"\x1f\x8b" else gzip.compress(content, mtime=0)
    media_id = store_document(
        shop_id=MARKET, content=packed, file_name=file_name, content_type="application/gzip", now=now
    )
    statement, fresh = _write_down(
        psp=psp,
        kind=kind.value,
        day=day,
        sha256=sha256,
        facts={"file_name": file_name[:200], "size_bytes": size, "media_id": media_id, "uploaded_by": uploaded_by},
        now=now,
    )
    if not fresh:
        reconcile_statement(statement_id=statement.pk, now=now)
    elif small:
        load_statement(statement_id=statement.pk, merchant=merchant, now=now)
    else:
        _start_loading(statement, merchant, uploaded_by, now)
    return statement.pk


def own_merchant(psp: str) -> str:
    """Our number at a provider, as its files name it; empty where they name none."""
    return str(settings.WECHATPAY.get("sp_mchid", "")) if psp == "wechatpay" else ""


@transaction.atomic(durable=True)
def receive_empty_day(*, psp: str, kind: StatementKind, day: date, now: datetime) -> int:
    """The provider says that nothing moved on a day: a file without lines, compared like any other."""
    lock_provider(psp, kind.value)
    statement, _ = ProviderStatement.objects.get_or_create(
        psp=psp, kind=kind.value, day=day, sha256=_EMPTY, defaults={"size_bytes": 0, "received_at": now}
    )
    if statement.state != StatementState.LOADED.value:
        _put_in_force(statement, StatementTotals(), now)
    reconcile_statement(statement_id=statement.pk, now=now)
    return statement.pk


def load_statement(*, statement_id: int, merchant: str = "", now: datetime) -> None:
    """Read a small file, write its rows and compare them with the books, in one transaction.

    Raises `BadStatement`; the file is marked as refused then.
    """
    statement = ProviderStatement.objects.get(pk=statement_id)
    kind = StatementKind(statement.kind)
    content = read_document(media_id=statement.media_id or 0, shop_id=MARKET)
    try:
        totals = _read_whole(content, statement.psp, kind, statement.day, merchant)
        with transaction.atomic(durable=True):
            lock_provider(statement.psp, statement.kind)
            statement.rows.all().delete()
            for chunk in in_chunks(read_content(content, statement, merchant)):
                write_rows(statement_id, chunk)
            _put_in_force(statement, totals, now)
            reconcile_statement(statement_id=statement_id, now=now)
    except BadStatement as error:
        with transaction.atomic(durable=True):
            mark_refused(statement_id, error)
        raise


def read_content(content: bytes, statement: ProviderStatement, merchant: str) -> Iterator[StatementLine]:
    """The lines of a file that was received. Raises `BadStatement`."""
    return read_statement(
        open_content(content),
        psp=statement.psp,
        kind=StatementKind(statement.kind),
        day=statement.day,
        zone=business_zone(),
        merchant=merchant,
    )


def in_chunks(lines: Iterator[StatementLine]) -> Iterator[list[StatementLine]]:
    """Lines by the thousand."""
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def write_rows(statement_id: int, lines: Iterable[StatementLine]) -> None:
    """Step: lines as rows of their file."""
    StatementRow.objects.bulk_create(
        StatementRow(
            statement_id=statement_id,
            row=line.row,
            kind=line.kind.value,
            number=line.number,
            provider_no=line.provider_no,
            order_no=line.order_no,
            amount_minor=line.amount_minor,
            fee_minor=line.fee_minor,
            currency=line.currency,
            at=line.at,
            account=line.account[:64],
            pending=line.pending,
        )
        for line in lines
    )


def mark_refused(statement_id: int, error: BadStatement) -> None:
    """Step: say at the file why nothing of it was loaded."""
    ProviderStatement.objects.filter(pk=statement_id).exclude(state=StatementState.LOADED.value).update(
        state=StatementState.REFUSED.value,
        refusal=error.code[:40],
        refused_row=error.row,
        refused_column=error.column[:80],
        refused_params=error.params,
    )


def finish_loading(statement_id: int, now: datetime) -> None:
    """Step: all rows are written, so the file takes its day's place and is compared with the books."""
    statement = ProviderStatement.objects.get(pk=statement_id)
    lock_provider(statement.psp, statement.kind)
    totals = {place: tuple(sums) for place, sums in statement.totals.items()}
    _put_in_force(statement, StatementTotals(statement.lines, totals), now)
    reconcile_statement(statement_id=statement_id, now=now)


def _read_whole(content: bytes, psp: str, kind: StatementKind, day: date, merchant: str) -> StatementTotals:
    lines = read_statement(open_content(content), psp=psp, kind=kind, day=day, zone=business_zone(), merchant=merchant)
    return sum_up(lines)


@transaction.atomic(durable=True)
def _write_down(
    *, psp: str, kind: str, day: date, sha256: str, facts: dict[str, Any], now: datetime
) -> tuple[ProviderStatement, bool]:
    """The file's row, and whether it has still to be loaded: a repeat of what is in force or under way has not."""
    lock_provider(psp, kind)
    statement, created = ProviderStatement.objects.get_or_create(
        psp=psp, kind=kind, day=day, sha256=sha256, defaults={**facts, "received_at": now}
    )
    if facts["uploaded_by"] is not None:
        _write_trail(statement, facts, now)
    if created:
        return statement, True
    if statement.state in (StatementState.LOADED.value, StatementState.LOADING.value):
        return statement, False
    statement.state, statement.refusal = StatementState.RECEIVED.value, ""
    statement.refused_row, statement.refused_column, statement.refused_params = 0, "", {}
    statement.save(update_fields=["state", "refusal", "refused_row", "refused_column", "refused_params"])
    return statement, True


def _write_trail(statement: ProviderStatement, facts: dict[str, Any], now: datetime) -> None:
    write_audit(
        action="statement.uploaded",
        actor_id=facts["uploaded_by"],
        actor_kind=ActorKind.STAFF,
        target_kind="statement",
        target_id=f"{statement.psp}/{statement.kind}/{statement.day}",
        detail={"sha256": statement.sha256, "size_bytes": facts["size_bytes"]},
        now=now,
    )


def _put_in_force(statement: ProviderStatement, totals: StatementTotals, now: datetime) -> None:
    others = ProviderStatement.objects.filter(
        psp=statement.psp, kind=statement.kind, day=statement.day, state=StatementState.LOADED.value
    ).exclude(pk=statement.pk)
    StatementRow.objects.filter(statement__in=list(others), transaction_id__isnull=False).update(transaction_id=None)
    others.update(state=StatementState.SUPERSEDED.value)
    statement.state, statement.loaded_at = StatementState.LOADED.value, now
    statement.lines, statement.totals = totals.lines, {place: list(sums) for place, sums in totals.by_kind.items()}
    statement.refusal = ""
    statement.save(update_fields=["state", "loaded_at", "lines", "totals", "refusal"])


@transaction.atomic(durable=True)
def _start_loading(statement: ProviderStatement, merchant: str, uploaded_by: int | None, now: datetime) -> None:
    job_id = start_job(
        shop_id=MARKET,
        kind=JOB_KIND,
        params={"statement_id": statement.pk, "merchant": merchant},
        created_by=uploaded_by,
        now=now,
    )
    ProviderStatement.objects.filter(pk=statement.pk).update(job_id=job_id, state=StatementState.LOADING.value)
