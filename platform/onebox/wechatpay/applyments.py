"""Enrolling a merchant (进件, doc/v3/partner/4012697052): examined at once, the sensitive fields truly decrypted."""

import secrets

from onebox.wechatpay import fields
from onebox.wechatpay.errors import ApiError, bad_parameter, bad_request
from onebox.wechatpay.fields import Body
from onebox.wechatpay.signing import decrypt_field
from onebox.wechatpay.simulator import Simulator
from onebox.wechatpay.store import Row


def submit(simulator: Simulator, body: Body, mode: str) -> dict[str, object]:
    """Apply for a sub-merchant. One business code is one application."""
    code = fields.text(body, "business_code", longest=124)
    name = fields.text(fields.inner(body, "business_info"), "merchant_shortname", longest=64)
    _check_sealed(simulator, mode, fields.inner(body, "contact_info"), "contact_name", "mobile_phone", "contact_email")
    _check_sealed(simulator, mode, fields.inner(body, "bank_account_info"), "account_name", "account_number")
    fields.inner(body, "subject_info")
    fields.inner(body, "settlement_info")
    with simulator.store.transaction() as store:
        if store.row("SELECT 1 FROM applyments WHERE business_code = ?", code):
            raise bad_request("业务申请编号已提交过申请")
        applyment_id = 2_000_000_000_000_000 + secrets.randbelow(10**15)
        state = "AUDITING" if store.switch("hold_applyments") else "FINISHED"
        store.insert(
            "applyments",
            business_code=code,
            applyment_id=applyment_id,
            sub_mchid="16" + f"{secrets.randbelow(10**8):08d}",
            name=name,
            state=state,
            created_at=simulator.now(),
        )
    return {"applyment_id": applyment_id}


def query_by_code(simulator: Simulator, code: str) -> dict[str, object]:
    """An application by the merchant's own code."""
    return _describe(simulator, simulator.store.row("SELECT * FROM applyments WHERE business_code = ?", code))


def query_by_id(simulator: Simulator, applyment_id: str) -> dict[str, object]:
    """An application by the provider's number."""
    return _describe(simulator, simulator.store.row("SELECT * FROM applyments WHERE applyment_id = ?", applyment_id))


def _check_sealed(simulator: Simulator, mode: str, body: Body, *names: str) -> None:
    _, key = simulator.keys.signer(mode)
    for name in names:
        if name not in body:
            continue
        try:
            decrypt_field(key, fields.text(body, name, longest=2048))
        except ValueError as error:
            raise bad_parameter(f"敏感字段 {name} 解密失败") from error


def _describe(simulator: Simulator, row: Row | None) -> dict[str, object]:
    if row is None:
        raise ApiError(404, "RESOURCE_NOT_EXISTS", "申请单不存在")
    described: dict[str, object] = {
        "business_code": row["business_code"],
        "applyment_id": row["applyment_id"],
        "applyment_state": f"APPLYMENT_STATE_{row['state']}",
        "applyment_state_msg": "",
        "sign_url": f"{simulator.base_url}/sign/{row['applyment_id']}",
    }
    if row["state"] == "FINISHED":
        described["sub_mchid"] = row["sub_mchid"]
    return described
