"""The control interface for tests and for the cashier page: what payers and bad networks do, as JSON."""

from onebox.wechatpay import bill_faults, bills, fields, forgeries, notifications, orders, refunds, withdrawals
from onebox.wechatpay.errors import ApiError, bad_parameter
from onebox.wechatpay.fields import Body
from onebox.wechatpay.simulator import Simulator
from onebox.wechatpay.store import as_dicts

SWITCHES = (
    "latency_ms",  # every answer of the API waits
    "fail_next",  # so many requests are answered with 500 SYSTEM_ERROR
    "drop_next",  # so many requests are carried out, but their answer is lost
    "bad_signature_next",  # so many answers carry a wrong signature
    "hold_notifications",
    "hold_refunds",
    "hold_applyments",
    "bills_of_today",  # the day that is not over yet has a bill already
    "bills_creating_next",  # so many requests for a bill are told that it is still being made
    "hold_withdrawals",
    "fail_next_returns",  # so many returns of a split are refused: the receiver has not enough
    "init_next_withdrawals",  # so many are kept as INIT until they are asked again
    "fail_next_withdrawals",  # so many end as FAIL
)
_MOST_COPIES = 20


def read(simulator: Simulator, path: str) -> object:
    """GET /_control/…"""
    match path.strip("/").split("/"):
        case ["state"]:
            return {name: simulator.store.switch(name) for name in SWITCHES}
        case ["orders"]:
            return as_dicts(simulator.store.rows("SELECT * FROM orders ORDER BY created_at DESC LIMIT 200"))
        case ["orders", order_no]:
            return describe_order(simulator, order_no)
        case ["notifications"]:
            return notifications.list_all(simulator)
        case ["notifications", subject]:
            return notifications.list_all(simulator, subject)
        case ["refunds"]:
            return as_dicts(simulator.store.rows("SELECT * FROM refunds ORDER BY created_at DESC LIMIT 200"))
        case ["withdrawals"]:
            return as_dicts(simulator.store.rows("SELECT * FROM withdrawals ORDER BY created_at DESC LIMIT 200"))
        case ["balances"]:
            return balances(simulator)
        case ["bill"]:
            return bill(simulator)
        case ["bills", "faults"]:
            return bill_faults.list_planted(simulator)
    raise ApiError(404, "NOT_FOUND", path)


def act(simulator: Simulator, path: str, body: Body) -> object:
    """POST /_control/…"""
    match path.strip("/").split("/"):
        case ["orders", order_no, action]:
            return act_on_order(simulator, order_no, action, body)
        case ["notifications", "release"]:
            seed = body.get("seed")
            released = notifications.release(
                simulator,
                order=str(body.get("order", "kept")),
                copies=_whole(body, "copies", 1, _MOST_COPIES),
                seed=seed if isinstance(seed, int) else None,
            )
            return {"released": released}
        case ["switches"]:
            for name, value in body.items():
                if name not in SWITCHES or not isinstance(value, int):
                    raise bad_parameter(f"没有开关 {name}")
                simulator.store.set_switch(name, int(value))
            return read(simulator, "state")
        case ["refunds", refund_no, "finish"]:
            refunds.finish(simulator, refund_no, str(body.get("status", "SUCCESS")))
            return {"finished": refund_no}
        case ["withdrawals", request_no, "finish"]:
            status, reason = str(body.get("status", "SUCCESS")), str(body.get("reason", ""))[:200]
            withdrawals.finish(simulator, request_no, status, reason)
            return {"finished": request_no}
        case ["balances", sub_mchid, "adjust"]:
            return withdrawals.adjust(simulator, sub_mchid, body.get("amount"))
        case ["applyments", code, "finish"]:
            simulator.store.run("UPDATE applyments SET state = 'FINISHED' WHERE business_code = ?", code)
            return {"finished": code}
        case ["bills", "faults"]:
            fault, number = str(body.get("fault", "")), str(body.get("number", ""))[:64]
            bill_faults.plant(
                simulator, str(body.get("bill", "trade")), fault, number, _whole(body, "amount", 0, 10**9)
            )
            return bill_faults.list_planted(simulator)
        case ["bills", "true"]:
            bill_faults.pull_out(simulator)
            return []
        case ["settle"]:
            return bills.settle(simulator, _whole(body, "amount", 0, 10**12))
        case ["reset"]:
            simulator.store.clear()
            return {}
    raise ApiError(404, "NOT_FOUND", path)


def act_on_order(simulator: Simulator, order_no: str, action: str, body: Body) -> object:
    """What the payer, or somebody who pretends, does: pay, decline, repeat or forge."""
    match action:
        case "pay":
            notice = notifications.Notice(
                delay_seconds=_whole(body, "delay_seconds", 0, 3600), copies=_whole(body, "copies", 1, _MOST_COPIES)
            )
            force = fields.flag(body, "force", default=False)
            return {"outcome": orders.pay(simulator, order_no, force=force, notice=notice)}
        case "decline":
            orders.decline(simulator, order_no)
            return {"outcome": "declined"}
        case "repeat":
            return {"repeated": notifications.repeat(simulator, order_no)}
        case "forge":
            forgeries.send(simulator, order_no, str(body.get("kind")))
            return {"outcome": "forged"}
    raise ApiError(404, "NOT_FOUND", action)


def describe_order(simulator: Simulator, order_no: str) -> dict[str, object]:
    """An order with its sub-orders and notifications, as the cashier page shows it."""
    order = simulator.store.row("SELECT * FROM orders WHERE combine_out_trade_no = ?", order_no)
    if order is None:
        raise ApiError(404, "ORDER_NOT_EXIST", "订单不存在")
    subs = simulator.store.rows(
        "SELECT s.*, a.name AS merchant FROM sub_orders s LEFT JOIN applyments a USING (sub_mchid)"
        " WHERE combine_out_trade_no = ? ORDER BY position",
        order_no,
    )
    return {
        **dict(order),
        "expired": order["state"] == "NOTPAY" and order["expires_at"] <= simulator.now(),
        "sub_orders": as_dicts(subs),
        "notifications": notifications.list_all(simulator, order_no),
    }


def balances(simulator: Simulator) -> dict[str, dict[str, int]]:
    """Frozen and available money of each merchant, in fen; split receivers have what they received."""
    frozen = simulator.store.rows("SELECT sub_mchid, sum(frozen) AS frozen FROM sub_orders GROUP BY sub_mchid")
    found = {
        row["sub_mchid"]: {
            "frozen": row["frozen"],
            "available": withdrawals.read_available(simulator, row["sub_mchid"]),
        }
        for row in frozen
    }
    platform = {"frozen": 0, "available": bills.read_free(simulator)}
    return {**found, simulator.keys.sp_mchid: platform}


def bill(simulator: Simulator) -> list[dict[str, object]]:
    """Every paid sub-order with its fee and what was refunded: the substance of a trade bill."""
    return as_dicts(
        simulator.store.rows(
            "SELECT transaction_id, out_trade_no, sub_mchid, amount, currency, fee, refunded, split_off, paid_at"
            " FROM sub_orders JOIN orders USING (combine_out_trade_no)"
            " WHERE transaction_id IS NOT NULL ORDER BY paid_at"
        )
    )


def _whole(body: Body, name: str, default: int, most: int) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or not 0 <= value <= most:
        raise bad_parameter(f"{name} 应为 0 到 {most} 的整数")
    return value
