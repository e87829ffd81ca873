"""Combined orders (doc/v3/partner/4012761049, 4012761093): place, query, close, and what the payer does with them."""

import secrets
from collections.abc import Sequence

from onebox.wechatpay import fields, notifications
from onebox.wechatpay.errors import ApiError, bad_parameter, bad_request
from onebox.wechatpay.fields import Body
from onebox.wechatpay.simulator import Simulator, digest, fee_of, number, stamp
from onebox.wechatpay.store import Row

MOST_SUB_ORDERS = 50
_LIFE_SECONDS = 2 * 3600  # a code_url is good for two hours
PAYER = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"


def place(simulator: Simulator, body: Body, mode: str) -> dict[str, str]:
    """Place a combined Native order; a repeat with the same parameters gives the same code_url."""
    _check_merchant(simulator, body)
    order_no = fields.number(body, "combine_out_trade_no")
    notify_url = fields.address(body)
    now = simulator.now()
    expires_at = fields.moment(body, "time_expire") or now + _LIFE_SECONDS
    subs = [_read_sub(simulator, sub) for sub in fields.objects(body, "sub_orders", most=MOST_SUB_ORDERS)]
    request_digest = digest(body)
    with simulator.store.transaction() as store:
        known = store.row("SELECT * FROM orders WHERE combine_out_trade_no = ?", order_no)
        if known is not None:
            return {"code_url": _code_url(simulator, _check_repeat(known, request_digest))}
        if expires_at <= now:
            raise bad_parameter("参数 time_expire 已经过去")
        for sub in subs:
            if store.row("SELECT 1 FROM sub_orders WHERE out_trade_no = ?", sub["out_trade_no"]):
                raise ApiError(403, "OUT_TRADE_NO_USED", f"商户订单号重复：{sub['out_trade_no']}")
            if not _is_ours(simulator, str(sub["sub_mchid"])):
                raise ApiError(403, "NO_AUTH", f"特约商户 {sub['sub_mchid']} 与服务商没有关系")
        token = secrets.token_urlsafe(18)
        store.insert(
            "orders",
            combine_out_trade_no=order_no,
            token=token,
            request_digest=request_digest,
            notify_url=notify_url,
            expires_at=expires_at,
            created_at=now,
            mode=mode,
        )
        for position, sub in enumerate(subs):
            store.insert("sub_orders", combine_out_trade_no=order_no, position=position, **sub)
    return {"code_url": f"{simulator.base_url}/pay/{token}"}


def query(simulator: Simulator, order_no: str) -> dict[str, object]:
    """The order with the state of each sub-order."""
    order = _get_order(simulator, order_no)
    return describe(simulator, order, _subs(simulator, order_no))


def close(simulator: Simulator, order_no: str, body: Body) -> None:
    """Close an unpaid order; every sub-order has to be named. A closed one stays closed."""
    if body.get("combine_appid") != simulator.keys.sp_appid:
        raise bad_parameter("combine_appid 与商户号不匹配")
    named = [
        (sub.get("mchid"), sub.get("sub_mchid"), sub.get("out_trade_no"))
        for sub in fields.objects(body, "sub_orders", most=MOST_SUB_ORDERS)
    ]
    with simulator.store.transaction() as store:
        order = _get_order(simulator, order_no)
        ours = [(simulator.keys.sp_mchid, sub["sub_mchid"], sub["out_trade_no"]) for sub in _subs(simulator, order_no)]
        if sorted(named, key=str) != sorted(ours, key=str):
            raise bad_request("子单与下单时不一致，不支持关闭部分子单")
        if order["state"] == "SUCCESS":
            raise ApiError(400, "ORDERPAID", "订单已支付，不能关闭")
        store.run(
            "UPDATE orders SET state = 'CLOSED', closed_at = coalesce(closed_at, ?) WHERE combine_out_trade_no = ?",
            simulator.now(),
            order_no,
        )


def pay(simulator: Simulator, order_no: str, *, force: bool = False, notice: notifications.Notice | None = None) -> str:
    """The payer confirms. Returns paid, again, expired or closed.

    `force` is money that was under way when the order was closed. Paying twice moves money once, but is told twice.
    """
    with simulator.store.transaction() as store:
        order = _get_order(simulator, order_no)
        now = simulator.now()
        if order["state"] == "CLOSED" and not force:
            return "closed"
        if order["state"] == "NOTPAY" and order["expires_at"] <= now and not force:
            return "expired"
        again = order["state"] == "SUCCESS"
        if not again:
            store.run(
                "UPDATE orders SET state = 'SUCCESS', paid_at = ?, note = '' WHERE combine_out_trade_no = ?",
                now,
                order_no,
            )
            for sub in _subs(simulator, order_no):
                _capture(simulator, sub, now)
        announce(simulator, order_no, notice or notifications.Notice())
    return "again" if again else "paid"


def decline(simulator: Simulator, order_no: str) -> None:
    """The payer said no; the order stays payable until it expires, as at the real provider."""
    _get_order(simulator, order_no)
    simulator.store.run("UPDATE orders SET note = 'declined' WHERE combine_out_trade_no = ?", order_no)


def announce(simulator: Simulator, order_no: str, notice: notifications.Notice) -> None:
    """Tell the merchant that the order is paid."""
    order = _get_order(simulator, order_no)
    resource = describe(simulator, order, _subs(simulator, order_no))
    notifications.add(
        simulator,
        subject=order_no,
        event_type="TRANSACTION.SUCCESS",
        url=order["notify_url"],
        resource=resource,
        mode=order["mode"],
        notice=notice,
    )


def describe(simulator: Simulator, order: Row, subs: Sequence[Row]) -> dict[str, object]:
    """The order in the form that both the query and the notification have."""
    described: dict[str, object] = {
        "combine_appid": simulator.keys.sp_appid,
        "combine_mchid": simulator.keys.sp_mchid,
        "combine_out_trade_no": order["combine_out_trade_no"],
        "sub_orders": [_describe_sub(simulator, order, sub) for sub in subs],
    }
    if order["state"] == "SUCCESS":
        described["combine_payer_info"] = {"openid": PAYER}
    return described


def _describe_sub(simulator: Simulator, order: Row, sub: Row) -> dict[str, object]:
    state = order["state"]
    described: dict[str, object] = {
        "mchid": simulator.keys.sp_mchid,
        "sub_mchid": sub["sub_mchid"],
        "out_trade_no": sub["out_trade_no"],
        "trade_type": "NATIVE",
        "trade_state": "REFUND" if state == "SUCCESS" and sub["refunded"] else state,
        "attach": sub["attach"],
        "amount": {"total_amount": sub["amount"], "currency": sub["currency"]},
    }
    if state == "SUCCESS":
        described |= {
            "transaction_id": sub["transaction_id"],
            "bank_type": "OTHERS",
            "success_time": stamp(order["paid_at"]),
        }
        described["amount"] = {
            "total_amount": sub["amount"],
            "currency": sub["currency"],
            "payer_amount": sub["amount"],
            "payer_currency": sub["currency"],
        }
    return described


def _check_merchant(simulator: Simulator, body: Body) -> None:
    if body.get("combine_mchid") != simulator.keys.sp_mchid or body.get("combine_appid") != simulator.keys.sp_appid:
        raise bad_parameter("combine_appid 与 combine_mchid 不匹配")


def _read_sub(simulator: Simulator, sub: Body) -> dict[str, object]:
    if sub.get("mchid") != simulator.keys.sp_mchid:
        raise bad_parameter("子单 mchid 应为服务商商户号")
    amount = fields.inner(sub, "amount")
    settle = fields.inner(sub, "settle_info") if "settle_info" in sub else {}
    return {
        "out_trade_no": fields.number(sub, "out_trade_no", shortest=6),
        "sub_mchid": fields.text(sub, "sub_mchid", longest=32),
        "amount": fields.fen(amount, "total_amount"),
        "currency": fields.currency(amount),
        "description": fields.text(sub, "description", longest=127),
        "attach": fields.text(sub, "attach", longest=128),
        "profit_sharing": int(fields.flag(settle, "profit_sharing", default=False)),
    }


def _is_ours(simulator: Simulator, sub_mchid: str) -> bool:
    """Whether this merchant is under the service provider: examined, or its own."""
    examined = "SELECT 1 FROM applyments WHERE sub_mchid = ? AND state = 'FINISHED'"
    return sub_mchid == simulator.keys.own_mchid or simulator.store.row(examined, sub_mchid) is not None


def _check_repeat(known: Row, request_digest: str) -> Row:
    if known["request_digest"] != request_digest:
        raise bad_request("合单商户订单号已用于另一笔订单，参数不一致")
    if known["state"] == "SUCCESS":
        raise ApiError(400, "ORDERPAID", "订单已支付")
    if known["state"] == "CLOSED":
        raise ApiError(400, "ORDER_CLOSED", "订单已关闭")
    return known


def _capture(simulator: Simulator, sub: Row, now: float) -> None:
    fee = fee_of(sub["amount"])
    kept = "frozen" if sub["profit_sharing"] else "available"
    simulator.store.run(
        f"UPDATE sub_orders SET transaction_id = ?, fee = ?, {kept} = ? WHERE out_trade_no = ?",  # noqa: S608 - two words
        number("4200", now),
        fee,
        sub["amount"] - fee,
        sub["out_trade_no"],
    )


def _code_url(simulator: Simulator, order: Row) -> str:
    return f"{simulator.base_url}/pay/{order['token']}"


def _get_order(simulator: Simulator, order_no: str) -> Row:
    order = simulator.store.row("SELECT * FROM orders WHERE combine_out_trade_no = ?", order_no)
    if order is None:
        raise ApiError(404, "ORDER_NOT_EXIST", "订单不存在")
    return order


def _subs(simulator: Simulator, order_no: str) -> list[Row]:
    return simulator.store.rows("SELECT * FROM sub_orders WHERE combine_out_trade_no = ? ORDER BY position", order_no)
