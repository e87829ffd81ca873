"""Refunds of a sub-order (doc/v3/partner/4012761063): at most what was paid, in at most 50 parts."""

import re

from onebox.wechatpay import fields, notifications, withdrawals
from onebox.wechatpay.errors import ApiError, bad_parameter, bad_request
from onebox.wechatpay.fields import Body
from onebox.wechatpay.simulator import Simulator, digest, fee_of, number, stamp
from onebox.wechatpay.store import Row

_MOST_PARTS = 50
_LONGEST_REASON = 80
_REFUND_NO = re.compile(r"^[0-9A-Za-z_\-|*@]{1,64}$")


def ask(simulator: Simulator, body: Body, mode: str) -> dict[str, object]:
    """Refund; a repeat of the same request answers with the refund's present state."""
    refund_no = fields.number(body, "out_refund_no", longest=64)
    amount = fields.inner(body, "amount")
    refund, total = fields.fen(amount, "refund"), fields.fen(amount, "total")
    fields.currency(amount)
    if "reason" in body:
        fields.text(body, "reason", longest=_LONGEST_REASON)
    notify_url = fields.address(body) if body.get("notify_url") else ""
    with simulator.store.transaction() as store:
        known = store.row("SELECT * FROM refunds WHERE out_refund_no = ?", refund_no)
        if known is not None:
            if known["request_digest"] != digest(body):
                raise bad_request("商户退款单号已用于另一笔退款，参数不一致")
            return _describe(simulator, known)
        sub = _get_sub(simulator, body)
        if total != sub["amount"]:
            raise bad_request("订单金额与支付时不一致")
        _take_back(simulator, sub, refund)
        now = simulator.now()
        store.insert(
            "refunds",
            out_refund_no=refund_no,
            refund_id=number("5030", now),
            out_trade_no=sub["out_trade_no"],
            request_digest=digest(body),
            amount=refund,
            notify_url=notify_url,
            status="PROCESSING",
            created_at=now,
            finish_at=None if store.switch("hold_refunds") else now + simulator.pace.refund_seconds,
            mode=mode,
        )
        return _describe(simulator, _get(simulator, refund_no))


def query(simulator: Simulator, refund_no: str, sub_mchid: str) -> dict[str, object]:
    """The refund's state."""
    if not _REFUND_NO.match(refund_no):
        raise bad_parameter("参数 out_refund_no 含有不允许的字符")
    described = _describe(simulator, _get(simulator, refund_no))
    sub = simulator.store.row("SELECT sub_mchid FROM sub_orders WHERE out_trade_no = ?", described["out_trade_no"])
    if sub is None or sub["sub_mchid"] != sub_mchid:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return described


def finish_due(simulator: Simulator) -> None:
    """Finish the refunds whose time has come and tell the merchant."""
    due = simulator.store.rows(
        "SELECT out_refund_no FROM refunds WHERE status = 'PROCESSING' AND finish_at <= ? LIMIT 100", simulator.now()
    )
    for refund in due:
        finish(simulator, refund["out_refund_no"], "SUCCESS")


def finish(simulator: Simulator, refund_no: str, status: str) -> None:
    """End a refund as SUCCESS, ABNORMAL or CLOSED; the last gives the money back to the merchant."""
    if status not in ("SUCCESS", "ABNORMAL", "CLOSED"):
        raise bad_parameter("status 只能是 SUCCESS、ABNORMAL 或 CLOSED")
    with simulator.store.transaction() as store:
        refund = _get(simulator, refund_no)
        if refund["status"] != "PROCESSING":
            return
        store.run(
            "UPDATE refunds SET status = ?, success_at = ? WHERE out_refund_no = ?", status, simulator.now(), refund_no
        )
        if status == "CLOSED":
            sub = store.row("SELECT * FROM sub_orders WHERE out_trade_no = ?", refund["out_trade_no"])
            if sub is not None:
                _move(simulator, sub, -refund["amount"])
        if refund["notify_url"]:
            _announce(simulator, refund_no)


def _announce(simulator: Simulator, refund_no: str) -> None:
    refund = _get(simulator, refund_no)
    described = _describe(simulator, refund)
    resource = {
        "sp_mchid": simulator.keys.sp_mchid,
        "sub_mchid": described["sub_mchid"],
        "out_trade_no": described["out_trade_no"],
        "transaction_id": described["transaction_id"],
        "out_refund_no": refund_no,
        "refund_id": refund["refund_id"],
        "refund_status": refund["status"],
        "success_time": stamp(refund["success_at"]),
        "user_received_account": "支付用户零钱",
        "amount": described["amount"],
    }
    notifications.add(
        simulator,
        subject=refund_no,
        event_type=f"REFUND.{refund['status']}",
        url=refund["notify_url"],
        resource=resource,
        mode=refund["mode"],
        notice=notifications.Notice(),
    )


def _describe(simulator: Simulator, refund: Row) -> dict[str, object]:
    sub = simulator.store.row("SELECT * FROM sub_orders WHERE out_trade_no = ?", refund["out_trade_no"])
    assert sub is not None
    described: dict[str, object] = {
        "refund_id": refund["refund_id"],
        "out_refund_no": refund["out_refund_no"],
        "transaction_id": sub["transaction_id"],
        "out_trade_no": sub["out_trade_no"],
        "sub_mchid": sub["sub_mchid"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": stamp(refund["created_at"]),
        "status": refund["status"],
        "amount": {
            "total": sub["amount"],
            "refund": refund["amount"],
            "payer_total": sub["amount"],
            "payer_refund": refund["amount"],
            "settlement_refund": refund["amount"],
            "settlement_total": sub["amount"],
            "discount_refund": 0,
            "currency": sub["currency"],
        },
    }
    if refund["success_at"]:
        described["success_time"] = stamp(refund["success_at"])
    return described


def _get_sub(simulator: Simulator, body: Body) -> Row:
    """The paid sub-order that a refund names, by transaction or by the merchant's number."""
    if "transaction_id" in body:
        sub = simulator.store.row(
            "SELECT * FROM sub_orders WHERE transaction_id = ?", fields.text(body, "transaction_id", longest=32)
        )
    else:
        sub = simulator.store.row(
            "SELECT * FROM sub_orders WHERE out_trade_no = ?", fields.number(body, "out_trade_no")
        )
    if sub is None or sub["sub_mchid"] != body.get("sub_mchid") or not sub["transaction_id"]:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
    return sub


def _take_back(simulator: Simulator, sub: Row, refund: int) -> None:
    if sub["refunded"] + refund > sub["amount"]:
        raise bad_request("退款总额大于支付金额")
    counted = simulator.store.row("SELECT count(*) AS parts FROM refunds WHERE out_trade_no = ?", sub["out_trade_no"])
    if counted is not None and counted["parts"] >= _MOST_PARTS:
        raise bad_request("一笔订单最多退款 50 次")
    _move(simulator, sub, refund)


def _move(simulator: Simulator, sub: Row, refund: int) -> None:
    """Take a refund from the merchant's money, with the fee given back in proportion; negative to undo one."""
    refunded = sub["refunded"] + refund
    fee = fee_of(sub["amount"] - refunded)
    pot = "available" if sub["finished"] or not sub["profit_sharing"] else "frozen"
    taken = refund - (sub["fee"] - fee)
    left = sub[pot] - taken
    short = pot == "available" and taken > withdrawals.read_available(simulator, sub["sub_mchid"])
    if left < 0 or short:
        raise ApiError(403, "NOT_ENOUGH", "特约商户余额不足，请先分账回退或充值")
    simulator.store.run(
        f"UPDATE sub_orders SET refunded = ?, fee = ?, {pot} = ? WHERE out_trade_no = ?",  # noqa: S608 - two words
        refunded,
        fee,
        left,
        sub["out_trade_no"],
    )


def _get(simulator: Simulator, refund_no: str) -> Row:
    refund = simulator.store.row("SELECT * FROM refunds WHERE out_refund_no = ?", refund_no)
    if refund is None:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return refund
