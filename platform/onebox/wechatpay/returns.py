"""Returns of split money (分账回退): out of the receiver's account, back into the sub-order."""

import json

from onebox.wechatpay import fields
from onebox.wechatpay.errors import ApiError, bad_request
from onebox.wechatpay.fields import Body
from onebox.wechatpay.simulator import Simulator, digest, number, stamp
from onebox.wechatpay.store import Row


def ask(simulator: Simulator, body: Body) -> dict[str, object]:
    """Take part or all of a finished split back from its receiver; a repeat is one return."""
    return_no, split_no = (
        fields.number(body, "out_return_no", longest=64),
        fields.number(body, "out_order_no", longest=64),
    )
    account, sub_mchid = fields.text(body, "return_mchid", longest=32), fields.text(body, "sub_mchid", longest=32)
    amount = fields.fen(body, "amount")
    fields.text(body, "description", longest=80)
    if simulator.store.take_switch("fail_next_returns"):
        raise ApiError(403, "NOT_ENOUGH", "回退方余额不足")
    with simulator.store.transaction() as store:
        known = store.row("SELECT * FROM returns WHERE out_return_no = ?", return_no)
        if known is not None:
            if known["request_digest"] != digest(body):
                raise ApiError(400, "PARAM_ERROR", "商户回退单号已用于另一请求，参数与原请求不一致")
            return _describe(simulator, known)
        split = _get_finished(simulator, split_no, sub_mchid)
        received = sum(part["amount"] for part in json.loads(split["receivers"]) if part["account"] == account)
        given_back = store.row(
            "SELECT coalesce(sum(amount), 0) AS sum FROM returns WHERE out_order_no = ? AND account = ?",
            split_no,
            account,
        )
        assert given_back is not None
        if given_back["sum"] + amount > received:
            raise bad_request("回退金额超过原分账金额")
        _give_back(simulator, split, amount)
        store.insert(
            "returns",
            out_return_no=return_no,
            return_id=number("3009", simulator.now()),
            out_order_no=split_no,
            account=account,
            amount=amount,
            request_digest=digest(body),
            created_at=simulator.now(),
        )
        return _describe(simulator, _get(simulator, return_no))


def query(simulator: Simulator, return_no: str, split_no: str, sub_mchid: str) -> dict[str, object]:
    """How a return stands."""
    known = _get(simulator, return_no)
    described = _describe(simulator, known)
    if known["out_order_no"] != split_no or described["sub_mchid"] != sub_mchid:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "回退单不存在")
    return described


def _get_finished(simulator: Simulator, split_no: str, sub_mchid: str) -> Row:
    split = simulator.store.row("SELECT * FROM splits WHERE out_order_no = ? AND sub_mchid = ?", split_no, sub_mchid)
    if split is None:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    if simulator.now() < split["created_at"] + simulator.pace.split_seconds:
        raise bad_request("分账处理中，暂时无法回退")
    return split


def _give_back(simulator: Simulator, split: Row, amount: int) -> None:
    """Into what is frozen of the sub-order, or into the merchant's free balance when it was released before."""
    simulator.store.run(
        "UPDATE sub_orders SET split_off = split_off - ?1, frozen = frozen + CASE finished WHEN 0 THEN ?1 ELSE 0 END,"
        " available = available + CASE finished WHEN 0 THEN 0 ELSE ?1 END WHERE transaction_id = ?2",
        amount,
        split["transaction_id"],
    )


def _get(simulator: Simulator, return_no: str) -> Row:
    known = simulator.store.row("SELECT * FROM returns WHERE out_return_no = ?", return_no)
    if known is None:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "回退单不存在")
    return known


def _describe(simulator: Simulator, known: Row) -> dict[str, object]:
    split = simulator.store.row("SELECT * FROM splits WHERE out_order_no = ?", known["out_order_no"])
    assert split is not None
    finished = simulator.now() >= known["created_at"] + simulator.pace.split_seconds
    described: dict[str, object] = {
        "sub_mchid": split["sub_mchid"],
        "order_id": split["order_id"],
        "out_order_no": known["out_order_no"],
        "out_return_no": known["out_return_no"],
        "return_id": known["return_id"],
        "return_mchid": known["account"],
        "amount": known["amount"],
        "description": "用户退款",
        "result": "SUCCESS" if finished else "PROCESSING",
        "create_time": stamp(known["created_at"]),
    }
    if finished:
        described["finish_time"] = stamp(known["created_at"] + simulator.pace.split_seconds)
    return described
