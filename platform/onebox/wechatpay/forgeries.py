"""Notifications that a merchant must refuse: signed wrongly, or signed well over contents that are not true."""

import copy
from typing import Any

from onebox.wechatpay import notifications, orders
from onebox.wechatpay.errors import ApiError, bad_parameter
from onebox.wechatpay.simulator import Simulator, number, stamp

# The first row is broken on the way (see notifications.compose), the second in what is told.
BROKEN = ("wrong_signature", "old_timestamp", "changed_body", "wrong_key")
UNTRUE = ("unknown_order", "wrong_amount", "wrong_currency", "wrong_account", "missing_share", "foreign_merchant")
KINDS = BROKEN + UNTRUE


def send(simulator: Simulator, order_no: str, kind: str) -> None:
    """Tell the merchant, falsely, that the order is paid. Nothing of the order changes."""
    if kind not in KINDS:
        raise bad_parameter(f"kind 只能是 {'、'.join(KINDS)}")
    order = simulator.store.row("SELECT * FROM orders WHERE combine_out_trade_no = ?", order_no)
    if order is None:
        raise ApiError(404, "ORDER_NOT_EXIST", "订单不存在")
    resource = _as_if_paid(simulator, orders.query(simulator, order_no))
    _spoil(resource, kind)
    notifications.add(
        simulator,
        subject=order_no,
        event_type="TRANSACTION.SUCCESS",
        url=order["notify_url"],
        resource=resource,
        mode=order["mode"],
        notice=notifications.Notice(forged=kind),
    )


def _as_if_paid(simulator: Simulator, described: dict[str, object]) -> dict[str, Any]:
    """The order's description with every sub-order paid (`Any`: it is JSON)."""
    resource: dict[str, Any] = copy.deepcopy(described)
    resource["combine_payer_info"] = {"openid": orders.PAYER}
    now = simulator.now()
    for sub in resource["sub_orders"]:
        sub["trade_state"] = "SUCCESS"
        sub.setdefault("transaction_id", number("4200", now))
        sub.setdefault("success_time", stamp(now))
    return resource


def _spoil(resource: dict[str, Any], kind: str) -> None:
    first = resource["sub_orders"][0]
    match kind:
        case "unknown_order":
            resource["combine_out_trade_no"] = resource["combine_out_trade_no"][:-6] + "NOSUCH"
        case "wrong_amount":
            first["amount"]["total_amount"] += 1
        case "wrong_currency":
            for sub in resource["sub_orders"]:
                sub["amount"]["currency"] = "USD"
        case "wrong_account":
            first["sub_mchid"] = "1600000000"
        case "missing_share":
            resource["sub_orders"] = resource["sub_orders"][1:]
        case "foreign_merchant":
            resource["combine_mchid"] = "1900000001"
