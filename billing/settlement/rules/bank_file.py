"""The bank's files as text: payouts on their way out, answers on their way in. Pure.

Out (UTF-8 with a mark, CRLF, commas, RFC 4180): a head, one line a payout, and a last line that checks the others:

    row,batch,payout,holder,account,bank,branch,cnaps,amount,currency,remark
    1,BF…,PO…,陈小禾,6222…,招商银行,杭州分行,308…,1234.50,CNY,…
    END,BF…,1,,,,,,1234.50,CNY,<SHA-256 over every byte before this line>

`amount` has a point and two decimals, no grouping. A cell that a spreadsheet would take for a formula has an apostrophe
in front. In: `batch,payout,amount,currency,result,reference,reason`, in English or Chinese, UTF-8 or GB 18030;
`result` is SUCCESS (with the bank's `reference`) or FAILED (with a `reason`). A last line `END,<batch>…` is allowed.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from billing.settlement.contracts.payouts import BankAnswer, FileProblem, PayoutOrder
from market.money import DEFAULT_CURRENCY, BadAmount, format_minor, parse_minor

HEAD = ("row", "batch", "payout", "holder", "account", "bank", "branch", "cnaps", "amount", "currency", "remark")
REMARK = "集市货款"  # stands on the shop's bank statement, which is Chinese
END = "END"
MOST_ROWS = 500
LARGEST_ANSWER_BYTES = 1_000_000
_MOST_PROBLEMS = 100
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_ANSWER_HEADS: Mapping[str, tuple[str, ...]] = {
    "batch": ("batch", "批次号"),
    "payout": ("payout", "付款编号"),
    "amount": ("amount", "金额"),
    "currency": ("currency", "币种"),
    "result": ("result", "结果"),
    "reference": ("reference", "银行流水号"),
    "reason": ("reason", "失败原因"),
}
_ARRIVED = frozenset({"success", "成功"})
_FAILED = frozenset({"failed", "失败"})
_Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file as it is handed to the bank."""

    content: str
    sha256: str
    row_count: int
    sum_minor: int

    @property
    def encoded(self) -> bytes:
        return encode(self.content)


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A bank's answers as read. With problems there are no answers: nothing is taken by halves."""

    batch_no: str
    answers: tuple[BankAnswer, ...]
    problems: tuple[FileProblem, ...]


def encode(content: str) -> bytes:
    """The bytes of a file: UTF-8 with the mark by which spreadsheets know it."""
    return content.encode("utf-8-sig")


def write_bank_file(batch_no: str, orders: Sequence[PayoutOrder], currency: str) -> BankFile:
    """The file of a batch, in the order given. Raises ValueError for none, too many, or another currency."""
    if not 0 < len(orders) <= MOST_ROWS:
        raise ValueError(f"a file has 1 to {MOST_ROWS} rows, not {len(orders)}")
    if {order.currency for order in orders} != {currency}:
        raise ValueError(f"every row of this file is in {currency}")
    lines = [_line(HEAD)]
    lines += [_line(_cells(row, batch_no, order)) for row, order in enumerate(orders, start=1)]
    sum_minor = sum(order.amount_minor for order in orders)
    digest = hashlib.sha256(encode("".join(lines))).hexdigest()
    end = (END, batch_no, str(len(orders)), "", "", "", "", "", _amount(sum_minor, currency), currency, digest)
    content = "".join([*lines, _line(end)])
    return BankFile(content, hashlib.sha256(encode(content)).hexdigest(), len(orders), sum_minor)


def is_whole(content: str) -> bool:
    """Whether a file's last line still fits the lines before it."""
    cut = content.removesuffix("\r\n").rfind("\r\n") + 2
    body, last = content[:cut], next(csv.reader([content[cut:]]), [])
    if len(last) != len(HEAD) or last[0] != END:
        return False
    rows = len(list(csv.reader(io.StringIO(body, newline="")))) - 1
    return last[2] == str(rows) and last[-1] == hashlib.sha256(encode(body)).hexdigest()


def read_answer_file(content: bytes) -> AnswerFile:
    """What the bank says, or everything that is wrong with the file (at most 100 problems)."""
    if len(content) > LARGEST_ANSWER_BYTES:
        return _refused(FileProblem(0, "", "too_large"))
    text = _decode(content)
    if text is None or "\0" in text:
        return _refused(FileProblem(0, "", "unreadable"))
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return _refused(FileProblem(0, "", "unreadable"))
    return _read_lines([(number, cells) for number, cells in enumerate(lines, start=1) if any(map(str.strip, cells))])


def _read_lines(lines: Sequence[tuple[int, Sequence[str]]]) -> AnswerFile:
    if not lines:
        return _refused(FileProblem(0, "", "empty"))
    head_row, head = lines[0]
    places, missing = _find_columns(head)
    if missing:
        return _refused(*(FileProblem(head_row, name, "column_missing") for name in missing))
    body = [(number, cells) for number, cells in lines[1:] if cells[0].strip() != END]
    if not body:
        return _refused(FileProblem(head_row, "", "empty"))
    if len(body) > MOST_ROWS:
        return _refused(FileProblem(body[MOST_ROWS][0], "", "too_many_rows"))
    rows = [(number, {name: _cell(cells, place) for name, place in places.items()}) for number, cells in body]
    problems = [problem for number, row in rows for problem in _check_row(number, row)]
    problems += _check_rows(rows)
    if problems:
        return _refused(*sorted(problems, key=lambda problem: problem.row))
    return AnswerFile(rows[0][1]["batch"], tuple(_to_answer(number, row) for number, row in rows), ())


def _find_columns(head: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    titles = [cell.strip().lower() for cell in head]
    places = {
        name: next((titles.index(alias) for alias in aliases if alias in titles), -1)
        for name, aliases in _ANSWER_HEADS.items()
    }
    return places, [name for name, place in places.items() if place < 0]


def _check_row(number: int, row: _Row) -> list[FileProblem]:
    problems = []

    def note(column: str, problem: str) -> None:
        problems.append(FileProblem(number, column, problem, row[column][:40]))

    for column in ("batch", "payout"):
        if not row[column]:
            note(column, "missing")
    if row["currency"] != DEFAULT_CURRENCY:
        note("currency", "not_a_currency")
    try:
        if parse_minor(row["amount"]) == 0:
            note("amount", "not_an_amount")
    except BadAmount:
        note("amount", "not_an_amount")
    result = row["result"].lower()
    if result not in _ARRIVED | _FAILED:
        note("result", "not_a_result")
    if result in _ARRIVED and not row["reference"]:
        note("reference", "missing")
    if result in _FAILED and not row["reason"]:
        note("reason", "missing")
    if len(row["reference"]) > 64:
        note("reference", "too_long")
    if len(row["reason"]) > 200:
        note("reason", "too_long")
    return problems


def _check_rows(rows: Sequence[tuple[int, _Row]]) -> list[FileProblem]:
    """What only shows when rows are seen together: two batches in one file, one payout or reference twice."""
    problems = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in rows:
        if row["batch"] != rows[0][1]["batch"]:
            problems.append(FileProblem(number, "batch", "another_batch", row["batch"][:40]))
        for column in ("payout", "reference"):
            place = (column, row[column])
            if row[column] and place in seen:
                problems.append(FileProblem(number, column, "twice", row[column][:40]))
            seen.setdefault(place, number)
    return problems


def _to_answer(number: int, row: _Row) -> BankAnswer:
    arrived = row["result"].lower() in _ARRIVED
    return BankAnswer(
        row=number,
        number=row["payout"],
        amount_minor=parse_minor(row["amount"]),
        arrived=arrived,
        reference=row["reference"],
        reason="" if arrived else row["reason"],
    )


def _refused(*problems: FileProblem) -> AnswerFile:
    return AnswerFile("", (), tuple(problems[:_MOST_PROBLEMS]))


def _decode(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _cells(row: int, batch_no: str, order: PayoutOrder) -> tuple[str, ...]:
    to = order.destination
    amount = _amount(order.amount_minor, order.currency)
    named = (to.holder, to.account_number, to.bank, to.branch, to.cnaps)
    return (str(row), batch_no, order.number, *map(_harmless, named), amount, order.currency, REMARK)


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def _harmless(cell: str) -> str:
    """What a spreadsheet would run is shown instead."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cell(cells: Sequence[str], place: int) -> str:
    text = cells[place].strip() if place < len(cells) else ""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _amount(amount_minor: int, currency: str) -> str:
    return format_minor(amount_minor, currency).replace(",", "")
