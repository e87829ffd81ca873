"""Providers' files: read as they are written, and refused whole with row, column and reason when they are not."""

import gzip
import hashlib
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from billing.settlement.contracts.reconciling import BadStatement, LineKind, StatementKind, StatementLine
from billing.settlement.rules.reconciling import (
    check_hash,
    digest_content,
    open_content,
    read_statement,
    sum_up,
)
from billing.settlement.rules.reconciling import text as text_rules
from tests.billing.settlement.reconciling.bills import (
    MERCHANT,
    fundflow_bill,
    moved,
    paid,
    refunded,
    trade_bill,
)

DAY = date(2026, 11, 21)
SHANGHAI = ZoneInfo("Asia/Shanghai")
STRIPE = "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,description\r\n"


def read(content: bytes, kind: StatementKind = StatementKind.TRADE, **options: object) -> list[StatementLine]:
    psp = "stripe" if kind is StatementKind.BALANCE else "wechatpay"
    return list(read_statement(open_content(content), psp=psp, kind=kind, day=DAY, zone=SHANGHAI, **options))


def refuse(content: bytes, kind: StatementKind = StatementKind.TRADE, **options: object) -> BadStatement:
    with pytest.raises(BadStatement) as raised:
        read(content, kind, **options)
    return raised.value


def test_a_trade_bill_gives_payments_and_refunds_with_their_fees() -> None:
    lines = read(trade_bill([paid("SH1", 10_552, fee=63), refunded("SH1", "RF1", 2_638, fee=16)]), merchant=MERCHANT)
    assert [(line.kind, line.number, line.amount_minor, line.fee_minor) for line in lines] == [
        (LineKind.PAYMENT, "SH1", 10_552, 63),
        (LineKind.REFUND, "RF1", -2_638, -16),
    ]
    assert lines[0].at == datetime(2026, 11, 21, 4, tzinfo=UTC) and lines[0].row == 2
    assert lines[1].order_no == "SH1" and lines[1].account == "1600000001"


def test_a_refund_that_failed_is_no_line_and_one_under_way_is_pending() -> None:
    lines = read(trade_bill([refunded("S", "R1", 5, state="FAIL"), refunded("S", "R2", 5, state="PROCESSING")]))
    assert [(line.number, line.pending) for line in lines] == [("R2", True)]


def test_a_fundflow_bill_gives_signed_amounts_and_kinds() -> None:
    rows = [moved("SH1-split", 600), moved("W1", -500, kind="提现"), moved("X", 7, kind="充值")]
    lines = read(fundflow_bill(rows), StatementKind.FUNDFLOW)
    assert [(line.kind, line.amount_minor, line.order_no) for line in lines] == [
        (LineKind.SPLIT, 600, "SH1"),
        (LineKind.SETTLEMENT, -500, "W1"),
        (LineKind.ADJUSTMENT, 7, "X"),
    ]


def test_an_empty_day_and_full_width_brackets_are_read() -> None:
    assert read(trade_bill([])) == []
    wide = fundflow_bill([moved("A-split", 1)]).decode().replace("(元)", "（元）").encode()
    assert len(read(wide, StatementKind.FUNDFLOW)) == 1


def test_a_packed_file_is_the_same_file() -> None:
    plain = trade_bill([paid("SH1", 100)])
    packed = gzip.compress(plain)
    assert read(packed) == read(plain)
    assert digest_content(packed) == digest_content(plain)
    for content in (plain, packed):
        check_hash(content, hashlib.sha1(plain).hexdigest())
    with pytest.raises(BadStatement, match="wrong_hash"):
        check_hash(plain, "0" * 40)


def test_columns_are_found_by_name_not_by_place() -> None:
    lines = trade_bill([paid("SH1", 100, fee=1)]).decode().removeprefix("\ufeff").split("\r\n")
    swapped = [
        ",".join([*line.split(",")[13:], *line.split(",")[:13]]) if n < 2 else line for n, line in enumerate(lines)
    ]
    assert read("\r\n".join(swapped).encode())[0].number == "SH1"


BAD_TRADE = {
    "wrong_cells": (lambda text: text.replace("`SH2,", "`SH2,`extra,", 1), 3, ""),
    "bad_amount": (lambda text: text.replace("`2.00,`0.00,`\r", "`2.0O,`0.00,`\r", 1), 3, "订单金额"),
    "bad_time": (lambda text: text.replace("`2026-11-21 13:00:00", "`2026-11-21 25:00:00"), 3, "交易时间"),
    "wrong_day": (lambda text: text.replace("`2026-11-21 13:00:00", "`2026-11-20 13:00:00"), 3, "交易时间"),
    "unknown_currency": (lambda text: text.replace("`CNY", "`XXX", 1), 2, "货币种类"),
    "unknown_state": (lambda text: text.replace("`SUCCESS", "`DANCING", 1), 2, "交易状态"),
    "bad_number": (lambda text: text.replace("`SH2,", "`SH 2,", 1), 3, "商户订单号"),
    "missing_column": (lambda text: text.replace("交易状态", "交易心情"), 1, "交易状态"),
    "doubled_column": (lambda text: text.replace("费率备注", "费率", 1), 1, ""),
    "wrong_totals": (lambda text: text.replace("`3.00,`0.00\r", "`3.01,`0.00\r", 1), 5, "订单总金额"),
    "after_totals": (lambda text: text + "`more", 6, ""),
    "truncated": (lambda text: text[: text.index("总交易单数")], 0, ""),
}


@pytest.mark.parametrize("code", BAD_TRADE)
def test_a_wrong_trade_bill_is_refused_with_row_column_and_reason(code: str) -> None:
    spoil, row, column = BAD_TRADE[code]
    good = trade_bill([paid("SH1", 100), paid("SH2", 200, at="2026-11-21 13:00:00")]).decode()
    spoiled = spoil(good)
    assert spoiled != good
    error = refuse(spoiled.encode())
    assert (error.code, error.row, error.column) == (code, row, column)


def test_a_bill_cut_off_anywhere_is_refused() -> None:
    whole = trade_bill([paid("SH1", 100), paid("SH2", 200)])
    for length in range(3, len(whole.rstrip()) - len(".00")):
        with pytest.raises(BadStatement):
            read(whole[:length])


def test_wrong_encodings_archives_merchants_and_sizes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    good = trade_bill([paid("SH1", 100)])
    assert refuse(good.decode().removeprefix("\ufeff").encode("gb18030")).code == "wrong_encoding"
    assert refuse(good.replace(b"SH1", b"S\x001")).code == "wrong_encoding"
    assert refuse(gzip.compress(good)[:-20]).code == "broken_archive"
    assert refuse(good, merchant="1900000009").code == "foreign_merchant"
    assert refuse(good.replace(b"SH1", b"S" * 70_000)).code == "line_too_long"
    monkeypatch.setattr(text_rules, "MOST_BYTES", 300)
    assert refuse(good).code == "too_large"
    with pytest.raises(BadStatement, match="too_large"):
        digest_content(gzip.compress(good))
    with pytest.raises(BadStatement, match="empty"):
        digest_content(b"")


def test_a_zip_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(b"`" * (64 * 1024 * 1024))
    assert refuse(bomb).code == "line_too_long" or refuse(bomb).code == "missing_column"


def test_a_stripe_report_gives_charges_refunds_disputes_and_payouts() -> None:
    rows = (
        'txn_1,2026-11-21 04:00:00,usd,255.00,1.53,253.47,charge,ch_1,"Acme, ""Inc"""\r\n'
        "txn_2,2026-11-21 05:00:00,usd,-79.14,0.00,-79.14,refund,re_1,\r\n"
        "txn_3,2026-11-21 06:00:00,usd,-70.34,15.00,-85.34,dispute,dp_1,\r\n"
        "txn_4,2026-11-21 07:00:00,usd,-88.99,0.00,-88.99,payout,po_1,\r\n"
        "txn_5,2026-11-21 08:00:00,jpy,0,150,-150,fee,fee_1,\r\n"
        "txn_6,2026-11-20 16:00:00,usd,3.00,0.00,3.00,risk_reserved_funds,rr_1,\r\n"
    )
    lines = read((STRIPE + rows).encode(), StatementKind.BALANCE)
    assert [(line.kind, line.number, line.amount_minor, line.fee_minor) for line in lines] == [
        (LineKind.PAYMENT, "ch_1", 25_500, 153),
        (LineKind.REFUND, "re_1", -7_914, 0),
        (LineKind.CHARGEBACK, "dp_1", -7_034, 1_500),
        (LineKind.SETTLEMENT, "po_1", -8_899, 0),
        (LineKind.FEE, "fee_1", -150, 0),
        (LineKind.ADJUSTMENT, "rr_1", 300, 0),
    ]
    totals = sum_up(lines)
    assert totals.lines == 6 and totals.by_kind["payment USD"] == (1, 25_500, 153)


def test_our_own_number_is_taken_from_the_metadata_where_it_stands() -> None:
    head = STRIPE.replace("description", "payment_metadata[payment_no]")
    row = "txn_1,2026-11-21 04:00:00,usd,1.00,0.00,1.00,charge,ch_1,PY1\r\n"
    assert read((head + row).encode(), StatementKind.BALANCE)[0].number == "PY1"


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("txn_1,2026-11-21 04:00:00,usd,1.00,0.10,0.91,charge,ch_1,\r\n", "wrong_net", "net"),
        ("txn_1,2026-11-21 04:00:00,usd,1.005,0.00,1.00,charge,ch_1,\r\n", "bad_amount", "gross"),
        ("txn_1,2026-11-21 16:00:00,usd,1.00,0.00,1.00,charge,ch_1,\r\n", "wrong_day", "created"),
        ("txn_1,2026-11-21 04:00:00,usd,1.00,0.00\r\n", "wrong_cells", ""),
        ('txn_1,2026-11-21 04:00:00,usd,1.00,0.00,1.00,charge,ch_1,"cut', "truncated", ""),
    ],
)
def test_a_wrong_stripe_report_is_refused(row: str, code: str, column: str) -> None:
    error = refuse((STRIPE + row).encode(), StatementKind.BALANCE)
    assert (error.code, error.column) == (code, column) and error.row >= 2


def test_a_reader_holds_one_line_at_a_time() -> None:
    class Endless(io.RawIOBase):
        """A bill that never ends: reading the first lines must not wait for the last."""

        def __init__(self) -> None:
            head, row = trade_bill([paid("SH1", 100)]).splitlines(keepends=True)[:2]
            self.head, self.row = [head], row

        def readline(self, size: int | None = -1) -> bytes:
            return self.head.pop() if self.head else self.row

    lines = read_statement(Endless(), psp="wechatpay", kind=StatementKind.TRADE, day=DAY, zone=SHANGHAI)
    assert [next(lines).number for _ in range(3)] == ["SH1"] * 3
