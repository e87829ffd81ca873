"""Reports as they wait in the buffer: short JSON. What cannot be read is nobody's report."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any  # Any: parsed JSON

from search.signals.contracts import MOST_SIGHTINGS, EventKind, Report, Sighting

HIGHEST_NUMBER = 2**53 - 1
_TOKEN = re.compile(r"[A-Za-z0-9_:-]{8,64}")


class BadReport(ValueError):
    """What was sent is not a report; the message says why."""


def encode_report(report: Report) -> bytes:
    """The report as bytes."""
    sights = [[sight.kind.value, sight.listing_id, sight.position] for sight in report.sightings]
    fields = [
        report.token, report.at.timestamp(), report.person, report.query, report.language, report.category_id,
        report.total, sights, report.device, report.region,
    ]  # fmt: skip
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def decode_report(encoded: bytes) -> Report:
    """The report of such bytes. Raises `BadReport`."""
    try:
        token, at, person, query, language, category_id, total, sights, *more = json.loads(encoded)
        device, region = more or ("", "")  # none in reports of the release before
        return Report(
            token=read_token(token),
            at=datetime.fromtimestamp(at, tz=UTC),
            person=str(person),
            sightings=read_sightings(sights, kinds=tuple(EventKind)),
            query=str(query),
            language=str(language),
            category_id=read_number(category_id),
            total=read_number(total),
            device=str(device),
            region=str(region),
        )
    except (ValueError, TypeError, OverflowError, OSError) as error:
        raise BadReport(str(error)) from error


def read_token(token: Any) -> str:
    """The name of a report. Raises `BadReport`."""
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        raise BadReport("A token has 8 to 64 letters, digits, - and _.")
    return token


def read_sightings(rows: Any, *, kinds: Sequence[EventKind]) -> tuple[Sighting, ...]:
    """[kind, listing id, position] each, of these kinds. Raises `BadReport`."""
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_SIGHTINGS:
        raise BadReport(f"Events are a list of 1 to {MOST_SIGHTINGS}.")
    return tuple(_read_sighting(row, kinds) for row in rows)


def read_number(value: Any) -> int | None:
    """A whole number that is not negative, or None. Raises `BadReport`."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_NUMBER:
        raise BadReport("A number is out of range.")
    return value


def _read_sighting(row: Any, kinds: Sequence[EventKind]) -> Sighting:
    if not isinstance(row, list) or len(row) != 3 or row[0] not in [kind.value for kind in kinds]:
        raise BadReport("An event is a kind, a listing and a position.")
    return Sighting(EventKind(row[0]), read_number(row[1]), read_number(row[2]))
