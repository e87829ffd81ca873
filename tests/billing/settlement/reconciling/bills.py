"""Bills as providers write them, made line by line for tests."""

from collections.abc import Mapping, Sequence

TRADE = [
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款类型",
    "退款状态",
    "商品名称",
    "商户数据包",
    "手续费",
    "费率",
    "订单金额",
    "申请退款金额",
    "费率备注",
]
TRADE_END = [
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
]
FLOW = [
    "记账时间",
    "微信支付业务单号",
    "资金流水单号",
    "业务名称",
    "业务类型",
    "收支类型",
    "收支金额(元)",
    "账户结余(元)",
    "资金变更提交申请人",
    "备注",
    "业务凭证号",
]
FLOW_END = [
    "资金流水总笔数",
    "收入笔数",
    "收入金额",
    "支出笔数",
    "支出金额",
]
MERCHANT = "1900000001"


def yuan(minor: int) -> str:
    """Fen as the provider writes them."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def paid(share_no: str, amount: int, *, fee: int = 0, at: str = "2026-11-21 12:00:00", **other: str) -> dict[str, str]:
    """A trade bill's line of a sub-order that was paid."""
    return {
        **dict.fromkeys(TRADE, ""),
        "交易时间": at,
        "商户号": MERCHANT,
        "特约商户号": "1600000001",
        "微信订单号": f"4200{share_no}",
        "商户订单号": share_no,
        "交易状态": "SUCCESS",
        "货币种类": "CNY",
        "应结订单金额": yuan(amount),
        "代金券金额": "0.00",
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": "0.00",
        "充值券退款金额": "0.00",
        "商品名称": "青釉马克杯\\ 两只",
        "手续费": f"{yuan(fee)}000",
        "费率": "0.60%",
        "订单金额": yuan(amount),
        "申请退款金额": "0.00",
        **other,
    }


def refunded(share_no: str, refund_no: str, amount: int, *, fee: int = 0, state: str = "SUCCESS") -> dict[str, str]:
    """A trade bill's line of a refund; the provider gives `fee` back."""
    return {
        **paid(share_no, 0, at="2026-11-21 15:00:00"),
        "交易状态": "REFUND",
        "微信退款单号": f"5030{refund_no}",
        "商户退款单号": refund_no,
        "退款金额": yuan(amount),
        "申请退款金额": yuan(amount),
        "退款类型": "ORIGINAL",
        "退款状态": state,
        "手续费": f"{yuan(-fee)}000",
    }


def moved(number: str, amount: int, *, kind: str = "分账", at: str = "2026-11-21 12:00:00") -> dict[str, str]:
    """A fund-flow bill's line."""
    return {
        **dict.fromkeys(FLOW, ""),
        "记账时间": at,
        "微信支付业务单号": f"3008{number}",
        "资金流水单号": f"9900{number}",
        "业务名称": kind,
        "业务类型": kind,
        "收支类型": "收入" if amount >= 0 else "支出",
        "收支金额(元)": yuan(abs(amount)),
        "账户结余(元)": "100.00",
        "业务凭证号": number,
    }


def trade_bill(rows: Sequence[Mapping[str, str]], **wrong: str) -> bytes:
    """A whole trade bill; `wrong` replaces a total."""
    sums = {
        "总交易单数": str(len(rows)),
        **{
            total: yuan(sum(_fen(row[column]) for row in rows))
            for total, column in zip(
                TRADE_END[1:],
                ("应结订单金额", "退款金额", "充值券退款金额", "手续费", "订单金额", "申请退款金额"),
                strict=True,
            )
        },
        **wrong,
    }
    return _write(TRADE, rows, TRADE_END, sums)


def fundflow_bill(rows: Sequence[Mapping[str, str]], **wrong: str) -> bytes:
    """A whole fund-flow bill."""
    income = [_fen(row["收支金额(元)"]) for row in rows if row["收支类型"] == "收入"]
    expense = [_fen(row["收支金额(元)"]) for row in rows if row["收支类型"] == "支出"]
    sums = {
        "资金流水总笔数": str(len(rows)),
        "收入笔数": str(len(income)),
        "收入金额": yuan(sum(income)),
        "支出笔数": str(len(expense)),
        "支出金额": yuan(sum(expense)),
        **wrong,
    }
    return _write(FLOW, rows, FLOW_END, sums)


def _fen(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.removeprefix("-").partition(".")
    return sign * (int(whole) * 100 + int(part[:2] or 0))


def _write(
    names: Sequence[str], rows: Sequence[Mapping[str, str]], end: Sequence[str], sums: Mapping[str, str]
) -> bytes:
    lines = [",".join(names)]
    lines += [",".join(f"`{row[name]}" for name in names) for row in rows]
    lines += [",".join(end), ",".join(f"`{sums[name]}" for name in end)]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
