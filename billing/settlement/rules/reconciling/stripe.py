"""Stripe's report of balance transactions, itemised (`balance_change_from_activity.itemized.3`), as CSV.

Columns are chosen by whoever asks for the report, so they are found by name. `created_utc` is preferred to `created`,
which is in the report's time zone. Amounts are in major units with the currency's decimals; `net` is `gross - fee`.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

from billing.settlement.contracts.reconciling import BadStatement, LineKind, StatementLine
from billing.settlement.rules.reconciling.text import (
    MOST_LINES,
    read_amount,
    read_currency,
    read_lines,
    read_number,
    read_time,
)

_COLUMNS = ("balance_transaction_id", "currency", "gross", "fee", "net", "reporting_category")
_TIMES = ("created_utc", "created")
_SOURCES = ("source_id", "source")
# Where our own number may stand: the gateway writes it into the metadata of what it asks for.
_OUR_NUMBERS = ("payment_metadata[payment_no]", "refund_metadata[refund_no]", "transfer_metadata[payout_no]")
_KINDS = {
    "charge": LineKind.PAYMENT,
    "charge_failure": LineKind.PAYMENT,
    "refund": LineKind.REFUND,
    "refund_failure": LineKind.REFUND,
    "partial_capture_reversal": LineKind.REFUND,
    "fee": LineKind.FEE,
    "network_cost": LineKind.FEE,
    "tax": LineKind.FEE,
    "dispute": LineKind.CHARGEBACK,
    "dispute_reversal": LineKind.CHARGEBACK,
    "transfer": LineKind.WITHDRAWAL,
    "transfer_reversal": LineKind.WITHDRAWAL,
    "payout": LineKind.SETTLEMENT,
    "payout_reversal": LineKind.SETTLEMENT,
}


def read_balance_report(stream: BinaryIO, *, day: date, zone: ZoneInfo, merchant: str = "") -> Iterator[StatementLine]:
    """What moved our balance on a day of `zone`. Raises `BadStatement`. The report names no merchant."""
    last = [0]

    def texts() -> Iterator[str]:
        for row, text in read_lines(stream):
            last[0] = row
            yield text + "\n"

    records = csv.reader(texts(), strict=True)
    try:
        names = _read_header(next(records, []))
        for count, cells in enumerate(records, start=1):
            row = records.line_num
            if not cells:
                continue
            if count > MOST_LINES:
                raise BadStatement("too_many_lines", row=row, most=MOST_LINES)
            if len(cells) != len(names):
                raise BadStatement("wrong_cells", row=row, expected=len(names), found=len(cells))
            yield _read_line(dict(zip(names, cells, strict=True)), row, day, zone)
    except csv.Error as error:
        raise BadStatement("truncated", row=last[0]) from error


def _read_header(cells: Sequence[str]) -> list[str]:
    names = [name.strip() for name in cells]
    for column in _COLUMNS:
        if column not in names:
            raise BadStatement("missing_column", row=1, column=column)
    for choice in (_TIMES, _SOURCES):
        if not set(choice) & set(names):
            raise BadStatement("missing_column", row=1, column=choice[0])
    if len(set(names)) != len(names):
        raise BadStatement("doubled_column", row=1)
    return names


def _read_line(cells: dict[str, str], row: int, day: date, zone: ZoneInfo) -> StatementLine:
    at = _read_moment(cells, row, zone)
    if at.astimezone(zone).date() != day:
        found = at.astimezone(zone).date().isoformat()
        raise BadStatement("wrong_day", row=row, column="created", value=found, day=day.isoformat())
    currency = read_currency(cells["currency"], row, "currency")
    gross, fee, net = (read_amount(cells[name], currency, row, name) for name in ("gross", "fee", "net"))
    if net != gross - fee:
        raise BadStatement("wrong_net", row=row, column="net", value=cells["net"][:40])
    source = read_number(next(cells[name] for name in _SOURCES if name in cells), row, "source_id")
    ours = next((cells[name] for name in _OUR_NUMBERS if cells.get(name)), "")
    our_no = read_number(ours, row, "payment_metadata") or source
    kind = _KINDS.get(cells["reporting_category"].strip(), LineKind.ADJUSTMENT)
    if kind is LineKind.FEE:
        gross, fee = net, 0
    return StatementLine(
        row=row,
        kind=kind,
        provider_no=read_number(cells["balance_transaction_id"], row, "balance_transaction_id"),
        our_no=our_no,
        order_no=our_no,
        amount_minor=gross,
        fee_minor=fee,
        currency=currency,
        at=at,
    )


def _read_moment(cells: dict[str, str], row: int, zone: ZoneInfo) -> datetime:
    if "created_utc" in cells:
        return read_time(cells["created_utc"], zone, row, "created_utc").replace(tzinfo=UTC)
    return read_time(cells["created"], zone, row, "created")
