"""Taking a sub-merchant's free balance to its bank (二级商户余额提现, doc/v3/partner/4012476652 and following).

A withdrawal is known by our number for ever: the provider takes the same request again as the same withdrawal, and
asks for exactly that while it says INIT. SUCCESS may still become REFUND when the bank sends the money back.
"""

import re
from functools import partial
from urllib.parse import quote

from wechatpayv3.type import RequestType

from billing.payments.contracts import (
    MerchantBalance,
    ProviderError,
    WithdrawalOrder,
    WithdrawalReport,
    WithdrawalState,
)
from billing.payments.gateways.wechatpay_client import Json, WechatPayClient

_PATH = "/v3/ecommerce/fund/withdraw"
_BASIC = "BASIC"  # the account that sales come into; there are others for fees and for operating
_LONGEST_REMARK, _LONGEST_MEMO = 56, 32
_NUMBER = re.compile(r"[0-9A-Za-z]{1,32}")
_STATES = {
    "INIT": WithdrawalState.CREATED,
    "CREATE_SUCCESS": WithdrawalState.ACCEPTED,
    "SUCCESS": WithdrawalState.SUCCEEDED,
    "FAIL": WithdrawalState.FAILED,
    "CLOSE": WithdrawalState.FAILED,
    "REFUND": WithdrawalState.RETURNED,
}
_UNKNOWN_CODES = frozenset({"RESOURCE_NOT_EXISTS", "ORDER_NOT_EXIST", "NOT_FOUND"})


def withdraw(client: WechatPayClient, order: WithdrawalOrder) -> WithdrawalReport:
    """Ask for it; the same order again is the same withdrawal. Raises ProviderError."""
    if order.amount_minor <= 0 or order.currency != "CNY":
        raise ProviderError("a withdrawal takes at least 1 fen", code="PARAM_ERROR", retry=False)
    body = {
        "sub_mchid": order.merchant_account,
        "out_request_no": _checked(order.withdrawal_no),
        "amount": order.amount_minor,
        "remark": _cut(order.remark, _LONGEST_REMARK),
        "bank_memo": _cut(order.bank_memo, _LONGEST_MEMO),
        "account_type": _BASIC,
    }
    answer = client.call(partial(client.library.core.request, _PATH, RequestType.POST, body))
    if answer.get("out_request_no") != order.withdrawal_no or answer.get("sub_mchid") != order.merchant_account:
        raise ProviderError("WeChat Pay answered about another withdrawal", code="BAD_ANSWER")
    reference = str(answer.get("withdraw_id") or "")[:64]
    return WithdrawalReport(order.withdrawal_no, WithdrawalState.ACCEPTED, reference)


def query(client: WechatPayClient, order: WithdrawalOrder) -> WithdrawalReport:
    """How it stands; `unknown` when the provider never heard of the number. Raises ProviderError."""
    query_string = f"sub_mchid={quote(order.merchant_account, safe='')}"
    path = f"{_PATH}/out-request-no/{_checked(order.withdrawal_no)}?{query_string}"
    try:
        answer = client.call(partial(client.library.core.request, path, RequestType.GET))
    except ProviderError as error:
        if error.code in _UNKNOWN_CODES:
            return WithdrawalReport(order.withdrawal_no, WithdrawalState.UNKNOWN)
        raise
    return _read(answer, order)


def read_balance(client: WechatPayClient, merchant_account: str) -> MerchantBalance:
    """What the sub-merchant has there now. Raises ProviderError."""
    path = f"/v3/ecommerce/fund/balance/{quote(merchant_account, safe='')}?account_type={_BASIC}"
    answer = client.call(partial(client.library.core.request, path, RequestType.GET))
    try:
        if str(answer["sub_mchid"]) != merchant_account:
            raise ValueError("another merchant")
        return MerchantBalance(_whole(answer["available_amount"]), _whole(answer.get("pending_amount", 0)))
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderError("the balance of WeChat Pay cannot be read", code="BAD_ANSWER") from error


def _read(answer: Json, order: WithdrawalOrder) -> WithdrawalReport:
    try:
        told = (str(answer["out_request_no"]), str(answer["sub_mchid"]), _whole(answer["amount"]))
        state = _STATES[str(answer["status"])]
    except (KeyError, TypeError) as error:
        raise ProviderError("the withdrawal of WeChat Pay cannot be read", code="BAD_ANSWER") from error
    if told != (order.withdrawal_no, order.merchant_account, order.amount_minor):
        raise ProviderError("WeChat Pay answered about another withdrawal", code="BAD_ANSWER")
    failed = state in (WithdrawalState.FAILED, WithdrawalState.RETURNED)
    reason = str(answer.get("reason") or answer["status"])[:200] if failed else ""
    return WithdrawalReport(order.withdrawal_no, state, str(answer.get("withdraw_id") or "")[:64], reason)


def _checked(number: str) -> str:
    """Our numbers become parts of addresses, so nothing but the provider's alphabet passes."""
    if not _NUMBER.fullmatch(number):
        raise ProviderError(f"{number[:70]!r} is not a number that WeChat Pay takes", code="PARAM_ERROR", retry=False)
    return number


def _cut(text: str, most: int) -> str:
    """The longest beginning within `most` bytes of UTF-8: the provider counts bytes."""
    return text.encode()[:most].decode(errors="ignore")


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError("an amount that is no whole number")
    return value
