"""The bank's files: what goes out can be checked, what comes in is taken wholly or not at all."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.settlement.contracts.payouts import Destination, FileProblem, PayoutOrder
from billing.settlement.rules.bank_file import END, HEAD, MOST_ROWS, is_whole, read_answer_file, write_bank_file

HEAD_LINE = "batch,payout,amount,currency,result,reference,reason\n"
GOOD = HEAD_LINE + "BF1,PO1,1234.50,CNY,SUCCESS,20261122-1,\nBF1,PO2,0.01,CNY,FAILED,,账号不存在\n"


def order(number: str = "PO1", amount: int = 123_450, **parts: str) -> PayoutOrder:
    named = {"holder": "陈小禾", "bank": "招商银行", "branch": "杭州分行", "account_number": "6222021234567890128"}
    return PayoutOrder(number, amount, "CNY", Destination(**{**named, **parts}))


def rows(content: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content, newline="")))


def test_a_file_has_a_head_its_rows_and_a_line_that_checks_them():
    file = write_bank_file("BF1", [order(), order("PO2", 1)], "CNY")
    head, first, second, end = rows(file.content)
    assert tuple(head) == HEAD
    assert first == [
        "1", "BF1", "PO1", "陈小禾", "6222021234567890128", "招商银行", "杭州分行", "", "1234.50", "CNY", "集市货款",
    ]  # fmt: skip
    assert second[0] == "2" and second[8] == "0.01"
    assert end[:3] == [END, "BF1", "2"] and end[8:10] == ["1234.51", "CNY"] and len(end[10]) == 64
    assert (file.row_count, file.sum_minor) == (2, 123_451)
    assert file.encoded.startswith(b"\xef\xbb\xbf") and is_whole(file.content)


def test_any_changed_row_shows():
    file = write_bank_file("BF1", [order(), order("PO2", 1)], "CNY")
    assert not is_whole(file.content.replace("1234.50", "9234.50"))
    lines = file.content.splitlines(keepends=True)
    assert not is_whole("".join([*lines[:1], *lines[2:]]))
    assert not is_whole("".join(lines[:-1])) and not is_whole("")


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "'=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_shown(cell):
    file = write_bank_file("BF1", [order(holder=cell)], "CNY")
    assert rows(file.content)[1][3] == f"'{cell}"


def test_quotes_commas_and_line_ends_stay_in_their_cell():
    file = write_bank_file("BF1", [order(branch='杭州,"文三"\r\n支行')], "CNY")
    assert rows(file.content)[1][6] == '杭州,"文三"\r\n支行'


@pytest.mark.parametrize("orders", [[], [order()] * (MOST_ROWS + 1), [PayoutOrder("P", 1, "USD", Destination())]])
def test_none_too_many_or_another_currency_is_no_file(orders):
    with pytest.raises(ValueError):
        write_bank_file("BF1", orders, "CNY")


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.replace("\n", "\r\n").encode("gb18030"),
        ("批次号,付款编号,金额,币种,结果,银行流水号,失败原因,备注\n" + GOOD.split("\n", 1)[1])
        .replace("SUCCESS", "成功")
        .replace("FAILED", "失败")
        .encode("gb18030"),
        (GOOD + "END,BF1,2,1234.51\n\n").encode(),
        GOOD.replace("1234.50", '"1,234.50"').encode(),
    ],
)
def test_answers_are_read_as_banks_write_them(content):
    file = read_answer_file(content)
    assert file.problems == ()
    assert [(one.number, one.amount_minor, one.arrived) for one in file.answers] == [
        ("PO1", 123_450, True),
        ("PO2", 1, False),
    ]
    assert (file.batch_no, file.answers[0].reference, file.answers[1].reason) == ("BF1", "20261122-1", "账号不存在")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("BF1,,1,CNY,SUCCESS,r,", FileProblem(4, "payout", "missing")),
        (",PO3,1,CNY,SUCCESS,r,", FileProblem(4, "batch", "missing")),
        ("BF1,PO3,x,CNY,SUCCESS,r,", FileProblem(4, "amount", "not_an_amount", "x")),
        ("BF1,PO3,0,CNY,SUCCESS,r,", FileProblem(4, "amount", "not_an_amount", "0")),
        ("BF1,PO3,-1,CNY,SUCCESS,r,", FileProblem(4, "amount", "not_an_amount", "-1")),
        ("BF1,PO3,1.001,CNY,SUCCESS,r,", FileProblem(4, "amount", "not_an_amount", "1.001")),
        ("BF1,PO3,1,USD,SUCCESS,r,", FileProblem(4, "currency", "not_a_currency", "USD")),
        ("BF1,PO3,1,CNY,maybe,r,", FileProblem(4, "result", "not_a_result", "maybe")),
        ("BF1,PO3,1,CNY,SUCCESS,,", FileProblem(4, "reference", "missing")),
        ("BF1,PO3,1,CNY,FAILED,,", FileProblem(4, "reason", "missing")),
        ("BF1,PO3,1,CNY,FAILED,," + "x" * 201, FileProblem(4, "reason", "too_long", "x" * 40)),
        ("BF1,PO3,1,CNY,SUCCESS," + "r" * 65 + ",", FileProblem(4, "reference", "too_long", "r" * 40)),
        ("BF2,PO3,1,CNY,SUCCESS,r,", FileProblem(4, "batch", "another_batch", "BF2")),
        ("BF1,PO1,1,CNY,SUCCESS,r,", FileProblem(4, "payout", "twice", "PO1")),
        ("BF1,PO3,1,CNY,SUCCESS,20261122-1,", FileProblem(4, "reference", "twice", "20261122-1")),
    ],
)
def test_one_bad_cell_refuses_the_file_and_is_named(line, problem):
    file = read_answer_file((GOOD + line + "\n").encode())
    assert file.answers == () and problem in file.problems


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEAD_LINE.encode(), "empty"),
        (b"\0\0", "unreadable"),
        (b"\xff\xff\xff", "unreadable"),
        (b'"batch,payout\n', "unreadable"),
        (b"batch,payout\nBF1,PO1\n", "column_missing"),
        (b"x" * 1_000_001, "too_large"),
        ((HEAD_LINE + "BF1,P,1,CNY,SUCCESS,r,\n" * (MOST_ROWS + 1)).encode(), "too_many_rows"),
    ],
)
def test_what_is_no_answer_file_is_refused_in_a_word(content, problem):
    file = read_answer_file(content)
    assert file.answers == () and file.problems[0].problem == problem


def test_a_row_that_is_too_short_misses_its_cells():
    file = read_answer_file((HEAD_LINE + "BF1,PO1\n").encode())
    assert {one.column for one in file.problems} == {"amount", "currency", "result"}


@given(st.binary(max_size=400))
def test_no_bytes_whatever_break_the_reader(content):
    file = read_answer_file(content)
    assert bool(file.answers) != bool(file.problems)


@given(st.lists(st.text(max_size=30), min_size=5, max_size=5), st.integers(1, 10**15))
def test_whatever_stands_in_an_order_the_file_is_whole_and_read_back(cells, amount):
    holder, bank, branch, cnaps, number = cells
    told = order(amount=amount, holder=holder, bank=bank, branch=branch, cnaps=cnaps, account_number=number)
    file = write_bank_file("BF1", [told], "CNY")
    read = rows(file.content)
    assert [len(row) for row in read] == [11, 11, 11] and is_whole(file.content)
    shown = read[1][3:8]
    assert [one.removeprefix("'") if one[1:] == kept else one for one, kept in zip(shown, _order(cells), strict=True)]
    assert not any(one.startswith(("=", "+", "-", "@")) for one in shown)


def _order(cells: list[str]) -> list[str]:
    holder, bank, branch, cnaps, number = cells
    return [holder, number, bank, branch, cnaps]
