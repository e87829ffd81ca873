"""A sub-merchant's free balance on its way to its bank (余额提现, doc/v3/partner/4012476652, …656, balance …690).

INIT (the merchant has to send the same again) > CREATE_SUCCESS > SUCCESS | FAIL | CLOSE; SUCCESS > REFUND (退票).
"""

import re

from onebox.wechatpay import fields
from onebox.wechatpay.errors import ApiError, bad_parameter, bad_request
from onebox.wechatpay.fields import Body
from onebox.wechatpay.simulator import Simulator, digest, number, stamp
from onebox.wechatpay.store import Row

_REQUEST_NO = re.compile(r"[0-9A-Za-z]{1,32}")
_ENDS = ("SUCCESS", "FAIL", "CLOSE")
_GIVES_BACK = ("FAIL", "CLOSE", "REFUND")
_REASONS = {"FAIL": "银行卡已注销", "CLOSE": "提现单已关闭", "REFUND": "账户信息有误，银行退票"}


def ask(simulator: Simulator, body: Body) -> dict[str, object]:
    """Take it out of the free balance at once; a repeat with the same parameters is the same withdrawal."""
    request_no = _checked(fields.text(body, "out_request_no", longest=32))
    sub_mchid, amount = fields.text(body, "sub_mchid", longest=32), fields.fen(body, "amount")
    for name, longest in (("remark", 56), ("bank_memo", 32)):
        if body.get(name):
            fields.text(body, name, longest=longest)
    if body.get("account_type", "BASIC") != "BASIC":
        raise bad_parameter("参数 account_type 只支持 BASIC")
    with simulator.store.transaction() as store:
        known = store.row("SELECT * FROM withdrawals WHERE out_request_no = ?", request_no)
        if known is not None:
            if known["request_digest"] != digest(body):
                raise bad_request("商户提现单号已用于另一笔提现，参数不一致")
            if known["status"] == "INIT":
                _accept(simulator, known)
            return _answer(_get(simulator, request_no))
        _check_merchant(simulator, sub_mchid)
        if amount > read_available(simulator, sub_mchid):
            raise ApiError(403, "NOT_ENOUGH", "二级商户可用余额不足")
        store.insert(
            "withdrawals",
            out_request_no=request_no,
            withdraw_id=number("1090", simulator.now()),
            sub_mchid=sub_mchid,
            amount=amount,
            remark=str(body.get("remark") or ""),
            bank_memo=str(body.get("bank_memo") or ""),
            request_digest=digest(body),
            status="INIT",
            reason="",
            created_at=simulator.now(),
            updated_at=simulator.now(),
        )
        if not store.take_switch("init_next_withdrawals"):
            _accept(simulator, _get(simulator, request_no))
        return _answer(_get(simulator, request_no))


def query(simulator: Simulator, request_no: str, sub_mchid: str) -> dict[str, object]:
    """A withdrawal by the merchant's number."""
    found = simulator.store.row(
        "SELECT * FROM withdrawals WHERE out_request_no = ? AND sub_mchid = ?", _checked(request_no), sub_mchid
    )
    return _describe(simulator, found)


def query_by_id(simulator: Simulator, withdraw_id: str, sub_mchid: str) -> dict[str, object]:
    """A withdrawal by the provider's number."""
    found = simulator.store.row(
        "SELECT * FROM withdrawals WHERE withdraw_id = ? AND sub_mchid = ?", withdraw_id, sub_mchid
    )
    return _describe(simulator, found)


def balance(simulator: Simulator, sub_mchid: str) -> dict[str, object]:
    """What a sub-merchant has: free, and frozen until its orders are released."""
    _check_merchant(simulator, sub_mchid)
    frozen = simulator.store.row(
        "SELECT coalesce(sum(frozen), 0) AS sum FROM sub_orders WHERE sub_mchid = ?", sub_mchid
    )
    return {
        "sub_mchid": sub_mchid,
        "account_type": "BASIC",
        "available_amount": read_available(simulator, sub_mchid),
        "pending_amount": frozen["sum"] if frozen is not None else 0,
    }


def read_available(simulator: Simulator, sub_mchid: str) -> int:
    """What orders brought, less what is withdrawn or on its way, and what a test put out of step."""
    found = simulator.store.row(
        "SELECT (SELECT coalesce(sum(available), 0) FROM sub_orders WHERE sub_mchid = ?1)"
        " - (SELECT coalesce(sum(amount), 0) FROM withdrawals"
        "    WHERE sub_mchid = ?1 AND status NOT IN ('FAIL', 'CLOSE', 'REFUND'))"
        " + (SELECT coalesce(sum(amount), 0) FROM adjustments WHERE sub_mchid = ?1) AS sum",
        sub_mchid,
    )
    return int(found["sum"]) if found is not None else 0


def adjust(simulator: Simulator, sub_mchid: str, amount: object) -> dict[str, object]:
    """Put a balance out of step (tests): money that nobody can explain, of either sign."""
    if not isinstance(amount, int) or isinstance(amount, bool) or abs(amount) > 10**10:
        raise bad_parameter("amount 应为整数（分）")
    _check_merchant(simulator, sub_mchid)
    simulator.store.insert("adjustments", sub_mchid=sub_mchid, amount=amount, created_at=simulator.now())
    return balance(simulator, sub_mchid)


def finish_due(simulator: Simulator) -> None:
    """Finish the withdrawals whose time has come; the planted failures fail."""
    due = simulator.store.rows(
        "SELECT out_request_no FROM withdrawals WHERE status = 'CREATE_SUCCESS' AND finish_at <= ? LIMIT 100",
        simulator.now(),
    )
    for row in due:
        failing = simulator.store.take_switch("fail_next_withdrawals")
        finish(simulator, row["out_request_no"], "FAIL" if failing else "SUCCESS")


def finish(simulator: Simulator, request_no: str, status: str, reason: str = "") -> None:
    """End a withdrawal as SUCCESS, FAIL or CLOSE, or send a successful one back as REFUND; once each."""
    if status not in (*_ENDS, "REFUND"):
        raise bad_parameter("status 只能是 SUCCESS、FAIL、CLOSE 或 REFUND")
    before = ("SUCCESS",) if status == "REFUND" else ("INIT", "CREATE_SUCCESS")
    with simulator.store.transaction() as store:
        known = _get(simulator, request_no)
        if known["status"] not in before:
            return
        store.run(
            "UPDATE withdrawals SET status = ?, reason = ?, updated_at = ? WHERE out_request_no = ?",
            status,
            reason or _REASONS.get(status, ""),
            simulator.now(),
            request_no,
        )


def _accept(simulator: Simulator, known: Row) -> None:
    held = simulator.store.switch("hold_withdrawals")
    finish_at = None if held else simulator.now() + simulator.pace.withdrawal_seconds
    simulator.store.run(
        "UPDATE withdrawals SET status = 'CREATE_SUCCESS', finish_at = ?, updated_at = ? WHERE out_request_no = ?",
        finish_at,
        simulator.now(),
        known["out_request_no"],
    )


def _check_merchant(simulator: Simulator, sub_mchid: str) -> None:
    if not simulator.store.row("SELECT 1 FROM applyments WHERE sub_mchid = ? AND state = 'FINISHED'", sub_mchid):
        raise ApiError(403, "NO_AUTH", f"二级商户 {sub_mchid} 与电商平台没有关系")


def _checked(request_no: str) -> str:
    if not _REQUEST_NO.fullmatch(request_no):
        raise bad_parameter("参数 out_request_no 只能是数字和字母")
    return request_no


def _get(simulator: Simulator, request_no: str) -> Row:
    known = simulator.store.row("SELECT * FROM withdrawals WHERE out_request_no = ?", request_no)
    if known is None:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "提现单不存在")
    return known


def _answer(known: Row) -> dict[str, object]:
    return {name: known[name] for name in ("sub_mchid", "withdraw_id", "out_request_no")}


def _describe(simulator: Simulator, known: Row | None) -> dict[str, object]:
    if known is None:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "提现单不存在")
    return {
        "sub_mchid": known["sub_mchid"],
        "sp_mchid": simulator.keys.sp_mchid,
        "status": known["status"],
        "withdraw_id": known["withdraw_id"],
        "out_request_no": known["out_request_no"],
        "amount": known["amount"],
        "create_time": stamp(known["created_at"]),
        "update_time": stamp(known["updated_at"]),
        "reason": known["reason"],
        "remark": known["remark"],
        "bank_memo": known["bank_memo"],
        "account_type": "BASIC",
    }
