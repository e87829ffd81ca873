"""Profit sharing (doc/v3/partner/4012690683): frozen money of a sub-order is split, then what is left is released."""

import json

from onebox.wechatpay import fields
from onebox.wechatpay.errors import ApiError, bad_request
from onebox.wechatpay.fields import Body
from onebox.wechatpay.simulator import Simulator, digest, number, stamp
from onebox.wechatpay.store import Row

CAP_BPS = 3_000
_MOST_CALLS = 50
_MOST_RECEIVERS = 50


def split(simulator: Simulator, body: Body) -> dict[str, object]:
    """Give parts of a paid sub-order to receivers that were added before; a repeat is one split."""
    split_no, sub_mchid = fields.number(body, "out_order_no", longest=64), fields.text(body, "sub_mchid", longest=32)
    transaction_id = fields.text(body, "transaction_id", longest=32)
    finish = fields.flag(body, "unfreeze_unsplit")
    receivers = [_read_receiver(receiver) for receiver in fields.objects(body, "receivers", most=_MOST_RECEIVERS)]
    with simulator.store.transaction() as store:
        known = _find_repeat(simulator, split_no, body)
        if known is not None:
            return _describe(simulator, known)
        sub = _get_frozen(simulator, transaction_id, sub_mchid)
        for receiver in receivers:
            if not store.row(
                "SELECT 1 FROM receivers WHERE sub_mchid = ? AND account = ?", sub_mchid, receiver["account"]
            ):
                raise bad_request("分账接收方关系不存在，请先添加分账接收方")
        amount = sum(int(str(receiver["amount"])) for receiver in receivers)
        if (sub["split_off"] + amount) * 10_000 > sub["amount"] * CAP_BPS:
            raise bad_request("分账金额超出最大分账比例")
        if amount > sub["frozen"]:
            raise ApiError(403, "NOT_ENOUGH", "分账金额不足")
        store.run(
            "UPDATE sub_orders SET split_off = split_off + ?, frozen = frozen - ? WHERE transaction_id = ?",
            amount,
            amount,
            transaction_id,
        )
        if finish:
            _release(simulator, transaction_id)
        return _record(simulator, body, receivers)


def unfreeze(simulator: Simulator, body: Body) -> dict[str, object]:
    """Release what was not split to the merchant; no split after that."""
    split_no, sub_mchid = fields.number(body, "out_order_no", longest=64), fields.text(body, "sub_mchid", longest=32)
    transaction_id = fields.text(body, "transaction_id", longest=32)
    fields.text(body, "description", longest=80)
    with simulator.store.transaction():
        known = _find_repeat(simulator, split_no, body)
        if known is not None:
            return _describe(simulator, known)
        sub = _get_frozen(simulator, transaction_id, sub_mchid)
        _release(simulator, transaction_id)
        rest = {"type": "MERCHANT_ID", "account": sub_mchid, "amount": sub["frozen"], "description": "解冻给分账方"}
        return _record(simulator, body, [rest])


def query(simulator: Simulator, split_no: str, transaction_id: str, sub_mchid: str) -> dict[str, object]:
    """A split's state and the result of each receiver."""
    known = simulator.store.row(
        "SELECT * FROM splits WHERE out_order_no = ? AND transaction_id = ? AND sub_mchid = ?",
        split_no,
        transaction_id,
        sub_mchid,
    )
    if known is None:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    return _describe(simulator, known)


def add_receiver(simulator: Simulator, body: Body) -> dict[str, object]:
    """Allow an account to receive parts of a merchant's sales; repeats are one."""
    sub_mchid = fields.text(body, "sub_mchid", longest=32)
    if body.get("type") != "MERCHANT_ID":
        raise bad_request("模拟器只支持 MERCHANT_ID 类型的接收方")
    account = fields.text(body, "account", longest=64)
    relation = fields.text(body, "relation_type", longest=32)
    with simulator.store.transaction() as store:
        if not store.row("SELECT 1 FROM applyments WHERE sub_mchid = ?", sub_mchid):
            raise ApiError(403, "NO_AUTH", "特约商户与服务商没有关系")
        store.run("INSERT OR IGNORE INTO receivers VALUES (?, ?, ?)", sub_mchid, account, relation)
    return {"sub_mchid": sub_mchid, "type": "MERCHANT_ID", "account": account, "relation_type": relation}


def _read_receiver(receiver: Body) -> dict[str, object]:
    return {
        "type": fields.text(receiver, "type", longest=32),
        "account": fields.text(receiver, "account", longest=64),
        "amount": fields.fen(receiver, "amount"),
        "description": fields.text(receiver, "description", longest=80),
    }


def _find_repeat(simulator: Simulator, split_no: str, body: Body) -> Row | None:
    known = simulator.store.row("SELECT * FROM splits WHERE out_order_no = ?", split_no)
    if known is not None and known["request_digest"] != digest(body):
        raise ApiError(400, "PARAM_ERROR", "商户分账单号已用于另一请求，参数与原请求不一致")
    return known


def _get_frozen(simulator: Simulator, transaction_id: str, sub_mchid: str) -> Row:
    sub = simulator.store.row(
        "SELECT s.*, o.paid_at FROM sub_orders s JOIN orders o USING (combine_out_trade_no) WHERE transaction_id = ?",
        transaction_id,
    )
    if sub is None or sub["sub_mchid"] != sub_mchid:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
    if not sub["profit_sharing"]:
        raise bad_request("非分账订单不支持分账")
    if sub["finished"]:
        raise bad_request("订单已完结分账")
    if simulator.now() < sub["paid_at"] + simulator.pace.split_after_seconds:
        raise bad_request("订单处理中，暂时无法分账，请稍后再试")
    counted = simulator.store.row("SELECT count(*) AS calls FROM splits WHERE transaction_id = ?", transaction_id)
    if counted is not None and counted["calls"] >= _MOST_CALLS:
        raise bad_request("一笔订单最多分账 50 次")
    return sub


def _release(simulator: Simulator, transaction_id: str) -> None:
    simulator.store.run(
        "UPDATE sub_orders SET available = available + frozen, frozen = 0, finished = 1 WHERE transaction_id = ?",
        transaction_id,
    )


def _record(simulator: Simulator, body: Body, receivers: list[dict[str, object]]) -> dict[str, object]:
    now = simulator.now()
    simulator.store.insert(
        "splits",
        out_order_no=body["out_order_no"],
        order_id=number("3008", now),
        transaction_id=body["transaction_id"],
        sub_mchid=body["sub_mchid"],
        request_digest=digest(body),
        receivers=json.dumps(receivers),
        created_at=now,
    )
    return query(simulator, body["out_order_no"], body["transaction_id"], body["sub_mchid"])


def _describe(simulator: Simulator, known: Row) -> dict[str, object]:
    finished = simulator.now() >= known["created_at"] + simulator.pace.split_seconds
    result = "SUCCESS" if finished else "PENDING"
    return {
        "transaction_id": known["transaction_id"],
        "out_order_no": known["out_order_no"],
        "order_id": known["order_id"],
        "sub_mchid": known["sub_mchid"],
        "state": "FINISHED" if finished else "PROCESSING",
        "receivers": [
            {**receiver, "result": result, "create_time": stamp(known["created_at"])}
            for receiver in json.loads(known["receivers"])
        ],
    }
