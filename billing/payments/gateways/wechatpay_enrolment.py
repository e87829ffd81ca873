"""A shop's sub-merchant at WeChat Pay (特约商户进件), and our right to take our commission from it (分账接收方).

The platform does not gather a merchant's licence, identity and bank papers yet, so the application carries the shop's
name and marked placeholders. The simulator accepts that; the real provider's reason to refuse rises unchanged.
"""

from billing.payments.contracts import ProviderError
from billing.payments.gateways.wechatpay_client import Json, WechatPayClient

_LONGEST_NAME = 64
_NOT_GATHERED = "not gathered"


def enrol(client: WechatPayClient, *, shop_id: int, shop_name: str) -> str:
    """The shop's `sub_mchid`. One application per shop, however often this is called.

    Raises ProviderError: code `PENDING` (with retry) while the application is examined, `REJECTED` when it was refused.
    """
    code = f"{client.config.sp_mchid}_{shop_id}"
    application = _find(client, code)
    if application is None:
        _submit(client, code, shop_name)
        application = _find(client, code) or {}
    account = _read_account(application)
    _allow_commission(client, account)
    return account


def _find(client: WechatPayClient, code: str) -> Json | None:
    try:
        return client.call(client.library.applyment_query, business_code=code)
    except ProviderError as error:
        if error.code == "RESOURCE_NOT_EXISTS":
            return None
        raise


def _submit(client: WechatPayClient, code: str, shop_name: str) -> None:
    name = shop_name.encode()[:_LONGEST_NAME].decode(errors="ignore")
    client.call(
        client.library.applyment_submit,
        business_code=code,
        contact_info={"contact_type": "LEGAL", "contact_name": name, "mobile_phone": _NOT_GATHERED},
        subject_info={"subject_type": "SUBJECT_TYPE_ENTERPRISE", "identity_info": {"owner": True}},
        business_info={"merchant_shortname": name, "service_phone": _NOT_GATHERED},
        settlement_info={"settlement_id": "719", "qualification_type": "零售批发/生活娱乐/其他"},
        bank_account_info={
            "bank_account_type": "BANK_ACCOUNT_TYPE_CORPORATE",
            "account_name": name,
            "account_number": _NOT_GATHERED,
        },
    )


def _read_account(application: Json) -> str:
    state = application.get("applyment_state")
    account = application.get("sub_mchid")
    if state == "APPLYMENT_STATE_FINISHED" and isinstance(account, str) and account:
        return account
    if state in ("APPLYMENT_STATE_REJECTED", "APPLYMENT_STATE_CANCELED"):
        reason = str(application.get("applyment_state_msg", ""))[:200]
        raise ProviderError(f"WeChat Pay refused the application: {reason}", code="REJECTED", retry=False)
    raise ProviderError("WeChat Pay is still examining the application", code="PENDING")


def _allow_commission(client: WechatPayClient, account: str) -> None:
    client.call(
        client.library.profitsharing_add_receiver,
        account_type="MERCHANT_ID",
        account=client.config.sp_mchid,
        relation_type="SERVICE_PROVIDER",
        sub_mchid=account,
    )
