"""A month's lines as the providers write them, a file a day."""

from collections.abc import Iterable
from datetime import date

from billing.settlement.contracts.reconciling import LineKind
from tests.billing.settlement.month.drawing import FLOW_FILE, SHANGHAI, STRIPE_FILE, File, Line
from tests.billing.settlement.reconciling.bills import fundflow_bill, moved, paid, refunded, trade_bill, yuan

_CATEGORIES = {
    LineKind.PAYMENT: "charge",
    LineKind.REFUND: "refund",
    LineKind.CHARGEBACK: "dispute",
    LineKind.SETTLEMENT: "payout",
}
_FLOWS = {LineKind.SPLIT: "分账", LineKind.SETTLEMENT: "提现"}


def write_file(file: File, day: date, lines: Iterable[Line]) -> bytes:
    """The file of one day, as bytes; its lines in the order of time."""
    own = [line for line in lines if line.file == file and line.at.astimezone(SHANGHAI).date() == day]
    own.sort(key=lambda line: line.at)
    if file == STRIPE_FILE:
        return _write_report(own)
    if file == FLOW_FILE:
        return fundflow_bill([moved(line.number, line.amount, kind=_FLOWS[line.kind], at=_clock(line)) for line in own])
    return trade_bill([_write_trade(line) for line in own])


def _write_report(lines: Iterable[Line]) -> bytes:
    rows = ["balance_transaction_id,created,currency,gross,fee,net,reporting_category,source_id"]
    for place, line in enumerate(lines):
        figures = ",".join(yuan(amount) for amount in (line.amount, line.fee, line.net))
        name = _CATEGORIES[line.kind]
        rows.append(f"txn_{line.number}_{place},{_clock(line)},{line.currency.lower()},{figures},{name},{line.number}")
    return ("\n".join(rows) + "\n").encode()


def _write_trade(line: Line) -> dict[str, str]:
    if line.kind is LineKind.REFUND:
        row = refunded(line.order_no, line.number, -line.amount, fee=-line.fee)
    else:
        row = paid(line.number, line.amount, fee=line.fee)
    return {**row, "交易时间": _clock(line), "货币种类": line.currency}


def _clock(line: Line) -> str:
    return line.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
