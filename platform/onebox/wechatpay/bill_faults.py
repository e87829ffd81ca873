"""What can be wrong with a bill, planted by tests and on the page: lines that differ, and files that are broken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from onebox.wechatpay.bill_rows import Line, write_flow, write_trade, yuan
from onebox.wechatpay.errors import bad_parameter
from onebox.wechatpay.simulator import Simulator
from onebox.wechatpay.store import Row, as_dicts

LINE_FAULTS = ("drop", "double", "amount", "currency", "unknown")
FILE_FAULTS = ("hash", "totals", "cut")
FAULTS = LINE_FAULTS + FILE_FAULTS
BILLS = ("trade", "fundflow")


def plant(simulator: Simulator, bill: str, fault: str, number: str, amount: int) -> None:
    """Plant a fault in a bill: in the line of `number`, or the first line that has none yet. `amount` is fen."""
    if bill not in BILLS or fault not in FAULTS:
        raise bad_parameter(f"bill 只能是 {'、'.join(BILLS)}，fault 只能是 {'、'.join(FAULTS)}")
    if bill == "fundflow" and fault == "currency":
        raise bad_parameter("资金账单没有币种一列")
    simulator.store.insert("bill_faults", bill=bill, fault=fault, number=number, amount=amount)


def list_planted(simulator: Simulator) -> list[dict[str, object]]:
    """Every fault that is planted."""
    return as_dicts(simulator.store.rows("SELECT * FROM bill_faults ORDER BY id"))


def pull_out(simulator: Simulator) -> None:
    """Take all faults out again: the next bill is true."""
    simulator.store.run("DELETE FROM bill_faults")


def is_planted(simulator: Simulator, bill: str, fault: str) -> bool:
    """Whether a fault of the file itself is planted."""
    found = simulator.store.row("SELECT 1 FROM bill_faults WHERE bill = ? AND fault = ?", bill, fault)
    return found is not None


def spoil(simulator: Simulator, bill: str, lines: list[Line], day: datetime) -> list[Line]:
    """The lines with the faults that are planted in them."""
    used: set[str] = set()
    for fault in simulator.store.rows("SELECT * FROM bill_faults WHERE bill = ? ORDER BY id", bill):
        if fault["fault"] == "unknown":
            lines = [*lines, _invent(simulator, bill, fault, day)]
            continue
        if fault["fault"] in FILE_FAULTS:
            continue
        place = _find(lines, fault["number"], used)
        if place is None:
            continue
        used.add(lines[place].number)
        lines = _change(bill, lines, place, fault)
    return lines


def spoil_file(simulator: Simulator, bill: str, text: str) -> str:
    """The file with a wrong sum at its end, or cut off before it."""
    if is_planted(simulator, bill, "totals"):
        head, _, tail = text.rstrip("\r\n").rpartition("\r\n`")
        count, comma, rest = tail.partition(",")
        text = f"{head}\r\n`{int(count) + 1}{comma}{rest}\r\n"
    if is_planted(simulator, bill, "cut"):
        text = text[: len(text) * 2 // 3]
    return text


def _find(lines: list[Line], number: str, used: set[str]) -> int | None:
    for place, line in enumerate(lines):
        if (number and line.number == number) or (not number and line.number not in used):
            return place
    return None


def _change(bill: str, lines: list[Line], place: int, fault: Row) -> list[Line]:
    line = lines[place]
    match fault["fault"]:
        case "drop":
            return [*lines[:place], *lines[place + 1 :]]
        case "double":
            return [*lines, line]
        case "currency":
            return [*lines[:place], replace(line, cells={**line.cells, "货币种类": "USD"}), *lines[place + 1 :]]
    return [*lines[:place], _with_more(bill, line, fault["amount"] or 1), *lines[place + 1 :]]


def _with_more(bill: str, line: Line, more: int) -> Line:
    """The line with another amount, and what it adds to the sums with it."""
    if bill == "fundflow":
        columns: Mapping[str, str] = {"收支金额(元)": f"{line.cells['收支类型']}金额"}
    elif line.cells["交易状态"] == "REFUND":
        columns = {"退款金额": "退款总金额", "申请退款金额": "申请退款总金额"}
    else:
        columns = {"应结订单金额": "应结订单总金额", "订单金额": "订单总金额"}
    cells, sums = dict(line.cells), dict(line.sums)
    for column, total in columns.items():
        sums[total] += more
        cells[column] = yuan(sums[total])
    return replace(line, cells=cells, sums=sums)


def _invent(simulator: Simulator, bill: str, fault: Row, day: datetime) -> Line:
    at, amount = day.timestamp() + 43_200, fault["amount"] or 1_234
    number = fault["number"] or f"UNKNOWN{fault['id']}"
    if bill == "fundflow":
        return write_flow(
            at=at, order_id=f"3009{fault['id']:024d}", kind="分账", number=number, amount=amount, balance=0
        )
    sub = {
        "sub_mchid": "1699999999",
        "transaction_id": f"4299{fault['id']:024d}",
        "description": "谁也不认识的订单",
        "attach": "",
    }
    return write_trade(simulator, at=at, number=number, sub=sub, amount=amount, fee=0, currency="CNY")
