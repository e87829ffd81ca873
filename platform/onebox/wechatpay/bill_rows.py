"""What a day's bills list, from what the simulator remembers: each line with its cells and what it adds to the sums."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from onebox.wechatpay.simulator import BEIJING, Simulator, fee_of
from onebox.wechatpay.store import Row

TRADE_COLUMNS = (
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
)
TRADE_TOTALS = (
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
)
FLOW_COLUMNS = (
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
)
FLOW_TOTALS = ("资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额")
_REFUND_STATES = {"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "CLOSED": "FAIL", "ABNORMAL": "CHANGE"}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill. `number` is the merchant's own, by which a fault finds it."""

    number: str
    cells: Mapping[str, str]
    sums: Mapping[str, int] = field(default_factory=dict)


def list_trades(simulator: Simulator, begin: float, end: float, sub_mchid: str = "") -> list[Line]:
    """Sub-orders paid and refunds begun between two instants, in the order of time."""
    paid = simulator.store.rows(
        "SELECT s.*, o.paid_at FROM sub_orders s JOIN orders o USING (combine_out_trade_no)"
        " WHERE o.paid_at >= ? AND o.paid_at < ? AND ? IN ('', s.sub_mchid) ORDER BY o.paid_at, s.out_trade_no",
        begin,
        end,
        sub_mchid,
    )
    refunds = simulator.store.rows(
        "SELECT r.*, s.sub_mchid, s.transaction_id, s.currency, s.description, s.attach, s.amount AS total"
        " FROM refunds r JOIN sub_orders s USING (out_trade_no)"
        " WHERE r.created_at >= ? AND r.created_at < ? AND ? IN ('', s.sub_mchid)"
        " ORDER BY r.created_at, r.out_refund_no",
        begin,
        end,
        sub_mchid,
    )
    timed = [(row["paid_at"], _write_payment(simulator, row)) for row in paid]
    timed += [(row["created_at"], _write_refund(simulator, row)) for row in refunds]
    return [line for _, line in sorted(timed, key=lambda pair: (pair[0], pair[1].number))]


def list_flows(simulator: Simulator, begin: float, end: float, sub_mchid: str = "") -> list[Line]:
    """What moved on the service provider's account: splits in, returns out, money that went to the bank."""
    flows: list[tuple[float, str, str, str, int]] = []
    for row in simulator.store.rows("SELECT * FROM splits WHERE created_at < ?", end):
        for receiver in json.loads(row["receivers"]):
            if receiver["account"] == simulator.keys.sp_mchid:
                flows.append((row["created_at"], row["order_id"], "分账", row["out_order_no"], int(receiver["amount"])))
    for row in simulator.store.rows("SELECT * FROM returns WHERE created_at < ?", end):
        if row["account"] == simulator.keys.sp_mchid:
            flows.append((row["created_at"], row["return_id"], "分账回退", row["out_return_no"], -row["amount"]))
    for row in simulator.store.rows("SELECT * FROM settlements WHERE created_at < ?", end):
        flows.append((row["created_at"], row["settle_id"], "提现", row["settle_id"], -row["amount"]))
    lines, balance = [], 0
    for at, order_id, kind, number, amount in sorted(flows):
        balance += amount
        if at >= begin:
            lines.append(write_flow(at=at, order_id=order_id, kind=kind, number=number, amount=amount, balance=balance))
    return lines


def write_trade(
    simulator: Simulator, *, at: float, number: str, sub: Mapping[str, str], amount: int, fee: int, currency: str
) -> Line:
    """A line of a sub-order that was paid."""
    cells = {
        **dict.fromkeys(TRADE_COLUMNS, ""),
        "交易时间": clock(at),
        "公众账号ID": simulator.keys.sp_appid,
        "商户号": simulator.keys.sp_mchid,
        "特约商户号": sub["sub_mchid"],
        "微信订单号": sub["transaction_id"],
        "商户订单号": number,
        "用户标识": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "交易类型": "NATIVE",
        "交易状态": "SUCCESS",
        "付款银行": "OTHERS",
        "货币种类": currency,
        "应结订单金额": yuan(amount),
        "代金券金额": "0.00",
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": "0.00",
        "充值券退款金额": "0.00",
        "商品名称": escape(sub["description"]),
        "商户数据包": escape(sub["attach"]),
        "手续费": f"{yuan(fee)}000",
        "费率": "0.60%",
        "订单金额": yuan(amount),
        "申请退款金额": "0.00",
    }
    sums = {"总交易单数": 1, "应结订单总金额": amount, "手续费总金额": fee, "订单总金额": amount}
    return Line(number, cells, sums)


def write_flow(*, at: float, order_id: str, kind: str, number: str, amount: int, balance: int) -> Line:
    """A line of the account's own movements."""
    side = "收入" if amount >= 0 else "支出"
    cells = {
        "记账时间": clock(at),
        "微信支付业务单号": order_id,
        "资金流水单号": f"1{order_id[::-1]}",
        "业务名称": kind,
        "业务类型": kind,
        "收支类型": side,
        "收支金额(元)": yuan(abs(amount)),
        "账户结余(元)": yuan(balance),
        "资金变更提交申请人": "system",
        "备注": "",
        "业务凭证号": number,
    }
    return Line(number, cells, {"资金流水总笔数": 1, f"{side}笔数": 1, f"{side}金额": abs(amount)})


def yuan(amount: int) -> str:
    """Fen in yuan with two decimals."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def clock(at: float) -> str:
    """A time as bills write it, in Beijing."""
    return datetime.fromtimestamp(at, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def escape(text: str) -> str:
    """A merchant's own words: a comma becomes a backslash and a space, a line's end is written out."""
    return text.replace(",", "\\ ").replace("\r", "").replace("\n", "\\n").replace("`", "")


def _write_payment(simulator: Simulator, row: Row) -> Line:
    return write_trade(
        simulator,
        at=row["paid_at"],
        number=row["out_trade_no"],
        sub={name: row[name] for name in ("sub_mchid", "transaction_id", "description", "attach")},
        amount=row["amount"],
        fee=fee_of(row["amount"]),
        currency=row["currency"],
    )


def _write_refund(simulator: Simulator, row: Row) -> Line:
    state = _REFUND_STATES[row["status"]]
    back = 0 if state == "FAIL" else _fee_given_back(simulator, row)
    paid = write_trade(
        simulator,
        at=row["created_at"],
        number=row["out_trade_no"],
        sub={name: row[name] for name in ("sub_mchid", "transaction_id", "description", "attach")},
        amount=0,
        fee=-back,
        currency=row["currency"],
    )
    cells = {
        **paid.cells,
        "交易状态": "REFUND",
        "微信退款单号": row["refund_id"],
        "商户退款单号": row["out_refund_no"],
        "退款金额": yuan(row["amount"]),
        "退款类型": "ORIGINAL",
        "退款状态": state,
        "申请退款金额": yuan(row["amount"]),
    }
    sums = {"总交易单数": 1, "手续费总金额": -back, "退款总金额": row["amount"], "申请退款总金额": row["amount"]}
    return Line(row["out_refund_no"], cells, sums)


def _fee_given_back(simulator: Simulator, refund: Row) -> int:
    """The fee on what was left before this refund, less the fee on what is left after it."""
    before = simulator.store.row(
        "SELECT coalesce(sum(amount), 0) AS amount FROM refunds WHERE out_trade_no = ? AND status <> 'CLOSED'"
        " AND (created_at, out_refund_no) < (?, ?)",
        refund["out_trade_no"],
        refund["created_at"],
        refund["out_refund_no"],
    )
    earlier = before["amount"] if before is not None else 0
    return fee_of(refund["total"] - earlier) - fee_of(refund["total"] - earlier - refund["amount"])
