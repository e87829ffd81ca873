"""Files of a shop's entries: short ones at once, long ones as a job that goes on where it was."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any  # Any: what a job keeps is JSON

from django.utils import translation

from billing.ledger.contracts import Code
from billing.ledger.contracts.shop_books import EntryFilter
from billing.ledger.selectors.shop_books import count_shop_entries, list_shop_entries
from billing.settlement.exporting.papers import describe_entries, iter_entries, to_row
from billing.settlement.exporting.sheets import CONTENT_TYPES, Cell, FileFormat, find_writer
from market.jobs.contracts import JobRefused, JobView, Step
from market.jobs.services import start_job
from market.media.selectors import read_document
from market.media.services import DocumentTooLarge, remove_documents, store_document

EXPORT_KIND = "settlement.export"
MOST_AT_ONCE = 5_000
MOST_ROWS: Mapping[FileFormat, int] = {FileFormat.CSV: 100_000, FileFormat.XLSX: 60_000, FileFormat.PDF: 20_000}
CHUNK = 2_000


class TooManyRows(ValueError):
    """More than a file of this format may have: the dates have to be nearer to each other."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(frozen=True, slots=True)
class EntryExport:
    """What goes into a file: the entries of one shop under a filter, in words of a language."""

    shop_id: int
    shop_name: str
    currency: str
    wanted: EntryFilter
    format: FileFormat
    language: str

    def to_params(self) -> dict[str, Any]:
        """As a job keeps it."""
        wanted = asdict(self.wanted)
        for name in ("since", "until"):
            wanted[name] = wanted[name].isoformat() if wanted[name] else None
        parts = asdict(self) | {"wanted": wanted}
        return json.loads(json.dumps(parts))  # type: ignore[no-any-return]

    @classmethod
    def of_params(cls, params: Mapping[str, Any]) -> "EntryExport":
        """The reverse of `to_params`."""
        wanted = dict(params["wanted"])
        for name in ("since", "until"):
            wanted[name] = datetime.fromisoformat(wanted[name]) if wanted[name] else None
        wanted["codes"] = tuple(Code(code) for code in wanted["codes"])
        wanted["kinds"] = tuple(wanted["kinds"])
        wanted["versions"] = tuple(wanted["versions"]) if wanted["versions"] else None
        names = {name: params[name] for name in ("shop_id", "shop_name", "currency", "language")}
        return cls(**names, wanted=EntryFilter(**wanted), format=FileFormat(params["format"]))


def count_rows(export: EntryExport, *, most: int) -> int:
    """How many rows a file will have, counting no further than one more than `most`."""
    return count_shop_entries(shop_id=export.shop_id, currency=export.currency, wanted=export.wanted, most=most + 1)


def stream_entries(export: EntryExport, *, now: datetime) -> Iterator[bytes]:
    """The file, piece by piece. Words are in the language of the export, also while it is read later."""
    with translation.override(export.language):
        rows = (
            to_row(entry)
            for entry in iter_entries(shop_id=export.shop_id, currency=export.currency, wanted=export.wanted)
        )
        yield from _write(export, rows, now)


def start_entry_export(*, export: EntryExport, created_by: int, now: datetime) -> int:
    """Have a long file made; returns the job's id. Raises `TooManyRows`."""
    most = MOST_ROWS[export.format]
    rows = count_rows(export, most=most)
    if rows > most:
        raise TooManyRows(most)
    return start_job(
        shop_id=export.shop_id,
        kind=EXPORT_KIND,
        params=export.to_params(),
        total=rows + 1,  # the last one is the file itself
        created_by=created_by,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rows that were read and put aside; without rows: the file, ready."""

    media_id: int
    rows: int
    position: Sequence[object] | None


class ExportRunner:
    """Runs one job of kind `settlement.export` (see `market.jobs.contracts.Runner`).

    Each chunk of rows is put aside as a private file; at the end they are put together into one. A process that is
    killed anywhere goes on after its last whole chunk.
    """

    def prepare(self, job: JobView, now: datetime) -> _Chunk:
        """Read the next rows, or write the file when there are none left. No transaction is open."""
        export = EntryExport.of_params(job.params)
        with translation.override(export.language):
            if job.cursor.get("read"):
                return self._write_file(job, export)
            return self._read_rows(job, export, now)

    def apply(self, job: JobView, prepared: object, now: datetime) -> Step:
        """Move on; with the file made, what was put aside is not needed any more."""
        assert isinstance(prepared, _Chunk)
        parts = [*job.cursor.get("parts", [])]
        if job.cursor.get("read"):
            remove_documents(media_ids=parts, shop_id=job.shop_id)
            counts = {"media_id": prepared.media_id, "rows": job.done}
            return Step(cursor={"read": True, "parts": []}, done=1, finished=True, counts=counts, total=job.done + 1)
        if prepared.media_id:
            parts.append(prepared.media_id)
        cursor = {"position": prepared.position, "parts": parts, "read": prepared.position is None}
        left = max(job.total, job.done + prepared.rows + 1)
        return Step(cursor=cursor, done=prepared.rows, finished=False, total=left)

    def _read_rows(self, job: JobView, export: EntryExport, now: datetime) -> _Chunk:
        position = job.cursor.get("position")
        before = (datetime.fromisoformat(position[0]), position[1]) if position else None
        entries = list_shop_entries(
            shop_id=export.shop_id, currency=export.currency, wanted=export.wanted, before=before, limit=CHUNK
        )
        room = MOST_ROWS[export.format] - job.done
        rows = [to_row(entry) for entry in entries[:room]]
        if not rows:
            return _Chunk(0, 0, None)
        last = entries[len(rows) - 1]
        more = len(entries) == CHUNK and len(rows) == len(entries)
        content = json.dumps({"job": job.job_id, "after": job.done, "rows": rows}, ensure_ascii=False).encode()
        media_id = store_document(
            shop_id=job.shop_id, content=content, file_name="part.json", content_type="application/json", now=now
        )
        return _Chunk(media_id, len(rows), [last.created_at.isoformat(), last.entry_id] if more else None)

    def _write_file(self, job: JobView, export: EntryExport) -> _Chunk:
        content = b"".join(_write(export, _iter_parts(job), job.created_at))
        try:
            media_id = store_document(
                shop_id=job.shop_id,
                content=content,
                file_name=f"{export.currency}-{job.job_id}.{export.format.value}",
                content_type=CONTENT_TYPES[export.format],
                now=job.created_at,
            )
        except DocumentTooLarge:
            raise JobRefused("export_too_large") from None
        return _Chunk(media_id, 0, None)


def _iter_parts(job: JobView) -> Iterator[Sequence[Cell]]:
    for media_id in job.cursor.get("parts", []):
        yield from json.loads(read_document(media_id=media_id, shop_id=job.shop_id))["rows"]


def _write(export: EntryExport, rows: Iterator[Sequence[Cell]], now: datetime) -> Iterator[bytes]:
    paper = describe_entries(
        shop_name=export.shop_name, currency=export.currency, wanted=export.wanted, rows=rows, now=now
    )
    yield from find_writer(export.format)(paper)
