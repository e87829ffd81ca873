"""Which reader reads which statement, and what a whole file comes to."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import BinaryIO
from zoneinfo import ZoneInfo

from billing.settlement.contracts.reconciling import StatementKind, StatementLine, StatementTotals
from billing.settlement.rules.reconciling.stripe import read_balance_report
from billing.settlement.rules.reconciling.wechatpay import read_fundflow_bill, read_trade_bill


class UnknownStatement(LookupError):
    """This provider makes no statement of this kind."""


def read_statement(
    stream: BinaryIO, *, psp: str, kind: StatementKind, day: date, zone: ZoneInfo, merchant: str = ""
) -> Iterator[StatementLine]:
    """The lines of a provider's statement for a business day, one by one.

    A file is good only when the last line has been read: its totals stand at its end. Raises `BadStatement`,
    `UnknownStatement`.
    """
    if (psp, kind) == ("wechatpay", StatementKind.TRADE):
        return read_trade_bill(stream, day=day, merchant=merchant)
    if (psp, kind) == ("wechatpay", StatementKind.FUNDFLOW):
        return read_fundflow_bill(stream, day=day, merchant=merchant)
    if (psp, kind) == ("stripe", StatementKind.BALANCE):
        return read_balance_report(stream, day=day, zone=zone, merchant=merchant)
    raise UnknownStatement(f"{psp} {kind}")


def sum_up(lines: Iterable[StatementLine]) -> StatementTotals:
    """Read all lines and say what they come to: per kind and currency their number, amounts and fees."""
    count = 0
    by_kind: dict[str, tuple[int, int, int]] = {}
    for line in lines:
        count += 1
        place = f"{line.kind.value} {line.currency}"
        number, amount, fee = by_kind.get(place, (0, 0, 0))
        by_kind[place] = (number + 1, amount + line.amount_minor, fee + line.fee_minor)
    return StatementTotals(count, by_kind)
