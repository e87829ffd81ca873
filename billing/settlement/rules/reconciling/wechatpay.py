"""WeChat Pay's bills: a Chinese header, cells that begin with a back tick, and sums at the end that must add up.

Trade bill (doc/v3/merchant/4013071246) and fund-flow bill (4013071249). Columns are found by name: their order differs
between kinds of bill. Amounts are yuan. Commas inside texts are escaped by the provider, so ",`" parts cells safely.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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

BEIJING = ZoneInfo("Asia/Shanghai")
CNY = "CNY"
SPLIT_SUFFIX = "-split"

_TRADE_COLUMNS = (
    "交易时间",
    "商户号",
    "特约商户号",
    "微信订单号",
    "商户订单号",
    "交易状态",
    "货币种类",
    "应结订单金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款状态",
    "手续费",
    "订单金额",
    "申请退款金额",
)
_FLOW_COLUMNS = (
    "记账时间",
    "微信支付业务单号",
    "资金流水单号",
    "业务名称",
    "业务类型",
    "收支类型",
    "收支金额(元)",
    "业务凭证号",
)
# What each total at the end is the sum of; None counts lines.
_TRADE_TOTALS: Mapping[str, str | None] = {
    "总交易单数": None,
    "应结订单总金额": "应结订单金额",
    "退款总金额": "退款金额",
    "充值券退款总金额": "充值券退款金额",
    "手续费总金额": "手续费",
    "订单总金额": "订单金额",
    "申请退款总金额": "申请退款金额",
}
_FLOW_TOTALS = ("资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额")
_INCOME, _EXPENSE = "收入", "支出"
_FLOW_KINDS = {
    "交易": LineKind.PAYMENT,
    "退款": LineKind.REFUND,
    "扣除交易手续费": LineKind.FEE,
    "退还交易手续费": LineKind.FEE,
    "分账": LineKind.SPLIT,
    "分账回退": LineKind.SPLIT,
    "提现": LineKind.SETTLEMENT,
}
_NO_LINE = "FAIL"  # the refund was tried and nothing moved

Cells = Mapping[str, str]


@dataclass(slots=True)
class _Sums:
    """What the lines come to, by the name of the total that has to say the same."""

    found: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, amount: int) -> None:
        self.found[name] = self.found.get(name, 0) + amount


def read_trade_bill(stream: BinaryIO, *, day: date, merchant: str = "") -> Iterator[StatementLine]:
    """The sub-orders paid and refunded on a day. Nothing is to be believed before the last line. Raises `BadStatement`.

    `merchant` is our own number at the provider, where it is known: a bill of somebody else is refused.
    """
    sums = _Sums()

    def add(cells: Cells, row: int) -> StatementLine | None:
        if merchant and cells["商户号"] != merchant:
            raise BadStatement("foreign_merchant", row=row, column="商户号", value=cells["商户号"][:40])
        sums.add("总交易单数", 1)
        for total, column in _TRADE_TOTALS.items():
            if column is not None:
                sums.add(total, read_amount(cells[column], CNY, row, column))
        return _read_trade(cells, row, day)

    yield from _read_bill(stream, _TRADE_COLUMNS, tuple(_TRADE_TOTALS), add, sums)


def read_fundflow_bill(stream: BinaryIO, *, day: date, merchant: str = "") -> Iterator[StatementLine]:
    """What moved on our own account at the provider on a day. Raises `BadStatement`. The file names no merchant."""
    sums = _Sums()

    def add(cells: Cells, row: int) -> StatementLine:
        line = _read_flow(cells, row, day)
        side = _INCOME if line.amount_minor >= 0 and cells["收支类型"] == _INCOME else _EXPENSE
        sums.add("资金流水总笔数", 1)
        sums.add(f"{side}笔数", 1)
        sums.add(f"{side}金额", abs(line.amount_minor))
        return line

    yield from _read_bill(stream, _FLOW_COLUMNS, _FLOW_TOTALS, add, sums)


def _read_bill(
    stream: BinaryIO,
    columns: Sequence[str],
    totals: Sequence[str],
    add: Callable[[Cells, int], StatementLine | None],
    sums: _Sums,
) -> Iterator[StatementLine]:
    lines = read_lines(stream)
    names = _read_header(next(lines, (1, ""))[1], columns)
    for count, (row, text) in enumerate(lines, start=1):
        if text.startswith(totals[0]):
            _check_totals(lines, [name.strip() for name in text.split(",")], totals, sums)
            return
        if not text.strip():
            continue
        if count > MOST_LINES:
            raise BadStatement("too_many_lines", row=row, most=MOST_LINES)
        cells = _split(text)
        if len(cells) != len(names):
            raise BadStatement("wrong_cells", row=row, expected=len(names), found=len(cells))
        line = add(dict(zip(names, cells, strict=True)), row)
        if line is not None:
            yield line
    raise BadStatement("truncated")


def _read_header(text: str, columns: Sequence[str]) -> list[str]:
    names = [name.strip().replace("（", "(").replace("）", ")") for name in text.split(",")]
    for column in columns:
        if column not in names:
            raise BadStatement("missing_column", row=1, column=column)
    if len(set(names)) != len(names):
        raise BadStatement("doubled_column", row=1)
    return names


def _split(text: str) -> list[str]:
    """The cells of a line. One that does not begin with a back tick is not a line of a bill."""
    return text[1:].split(",`") if text.startswith("`") else []


def _check_totals(lines: Iterator[tuple[int, str]], names: list[str], totals: Sequence[str], sums: _Sums) -> None:
    row, text = next(lines, (0, ""))
    cells = _split(text)
    if not row or len(cells) != len(names):
        raise BadStatement("truncated", row=row)
    stated = dict(zip(names, cells, strict=True))
    for name in totals:
        if name not in stated:
            raise BadStatement("missing_column", row=row, column=name)
        counts = name.endswith("数")
        found, said = sums.found.get(name, 0), read_amount(stated[name], "JPY" if counts else CNY, row, name)
        if found != said:
            raise BadStatement("wrong_totals", row=row, column=name, stated=said, counted=found, money=int(not counts))
    for later, rest in lines:
        if rest.strip():
            raise BadStatement("after_totals", row=later)


def _read_trade(cells: Cells, row: int, day: date) -> StatementLine | None:
    state = cells["交易状态"]
    at = read_time(cells["交易时间"], BEIJING, row, "交易时间")
    currency = read_currency(cells["货币种类"], row, "货币种类")
    order_no = read_number(cells["商户订单号"], row, "商户订单号")
    fee_minor = read_amount(cells["手续费"], currency, row, "手续费")
    account = read_number(cells["特约商户号"], row, "特约商户号")
    if state == "SUCCESS":
        _check_day(at.date(), day, row, "交易时间")
        paid = read_amount(cells["订单金额"], currency, row, "订单金额")
        provider_no = read_number(cells["微信订单号"], row, "微信订单号")
        return StatementLine(
            row, LineKind.PAYMENT, provider_no, order_no, order_no, paid, fee_minor, currency, at, account
        )
    if state not in ("REFUND", "REVOKED"):
        raise BadStatement("unknown_state", row=row, column="交易状态", value=state[:40])
    if cells["退款状态"] == _NO_LINE:
        return None
    back = read_amount(cells["申请退款金额"], currency, row, "申请退款金额")
    return StatementLine(
        row,
        LineKind.REFUND,
        read_number(cells["微信退款单号"], row, "微信退款单号"),
        read_number(cells["商户退款单号"], row, "商户退款单号"),
        order_no,
        -back,
        -abs(fee_minor),
        currency,
        at,
        account,
        pending=cells["退款状态"] in ("PROCESSING", "CHANGE"),
    )


def _read_flow(cells: Cells, row: int, day: date) -> StatementLine:
    at = read_time(cells["记账时间"], BEIJING, row, "记账时间")
    _check_day(at.date(), day, row, "记账时间")
    side = cells["收支类型"]
    if side not in (_INCOME, _EXPENSE):
        raise BadStatement("unknown_state", row=row, column="收支类型", value=side[:40])
    size = read_amount(cells["收支金额(元)"], CNY, row, "收支金额(元)")
    if size < 0:
        raise BadStatement("bad_amount", row=row, column="收支金额(元)", value=cells["收支金额(元)"][:40])
    our_no = read_number(cells["业务凭证号"], row, "业务凭证号")
    return StatementLine(
        row=row,
        kind=_FLOW_KINDS.get(cells["业务类型"], LineKind.ADJUSTMENT),
        provider_no=read_number(cells["资金流水单号"], row, "资金流水单号"),
        our_no=our_no,
        order_no=our_no.removesuffix(SPLIT_SUFFIX),
        amount_minor=size if side == _INCOME else -size,
        fee_minor=0,
        currency=CNY,
        at=at,
    )


def _check_day(found: date, day: date, row: int, column: str) -> None:
    if found != day:
        raise BadStatement("wrong_day", row=row, column=column, value=found.isoformat(), day=day.isoformat())
