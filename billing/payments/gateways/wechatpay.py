"""WeChat Pay v3 for service providers, always by combined payment (合单): one sub-order and `sub_mchid` per shop.

Documents (pay.weixin.qq.com/doc/v3/partner/…): combined payment 4012761049 and 4012761093, refunds 4012761063, profit
sharing 4012690683, enrolment 4012697052.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

from billing.payments.contracts import (
    BadNotification,
    FetchedStatement,
    FundsFlow,
    MerchantBalance,
    Notification,
    PaidShare,
    PaymentOrder,
    ProviderError,
    ProviderReport,
    RefundOrder,
    RefundReport,
    RefundState,
    ReturnOrder,
    ShareToPay,
    SplitOrder,
    Started,
    WithdrawalOrder,
    WithdrawalReport,
)
from billing.payments.gateways import wechatpay_bills, wechatpay_enrolment, wechatpay_withdrawals
from billing.payments.gateways.wechatpay_client import Json, WechatPayClient, WechatPayConfig

MOST_SHARES = 50
LONGEST_DESCRIPTION = 127
LONGEST_REASON = 80
_PAYMENT_NO = re.compile(r"^[0-9A-Za-z_\-|*@]{6,32}$")
_LONG_NO = re.compile(r"^[0-9A-Za-z_\-|*@]{6,64}$")
_BEIJING = timezone(timedelta(hours=8))
_PAID_STATES = frozenset({"SUCCESS", "REFUND"})
_REFUND_STATES = {
    "SUCCESS": RefundState.SUCCEEDED,
    "PROCESSING": RefundState.SENT,
    "CLOSED": RefundState.FAILED,
    "ABNORMAL": RefundState.SENT,  # the money left the merchant and waits for a person at the provider
}


class WechatPayGateway:
    """`contracts.Gateway`, and the ones for custody, withdrawals and statements, for WeChat Pay."""

    name = "wechatpay"
    funds_flow = FundsFlow.CUSTODY

    def __init__(self, config: WechatPayConfig) -> None:
        self._client = WechatPayClient(config)
        self._config = config

    def start(self, order: PaymentOrder) -> Started:
        """Place the combined order. Repeats with the same order are harmless."""
        _check_order(order)
        answer = self._client.call(
            self._client.library.combine_pay,
            combine_out_trade_no=order.payment_no,
            sub_orders=[self._sub_order(share, order.currency) for share in order.shares],
            time_expire=order.expires_at.astimezone(_BEIJING).isoformat(timespec="seconds"),
        )
        code_url = answer.get("code_url")
        if not isinstance(code_url, str) or not code_url:
            raise ProviderError("WeChat Pay gave no code_url", code="BAD_ANSWER")
        return Started(qr_content=code_url)

    def query(self, payment_no: str) -> ProviderReport:
        answer = self._client.call(self._client.library.combine_query, combine_out_trade_no=_checked(payment_no))
        try:
            report = _read_order(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise ProviderError("the order of WeChat Pay cannot be read", code="BAD_ANSWER") from error
        if report.payment_no != payment_no:
            raise ProviderError("WeChat Pay answered about another order", code="BAD_ANSWER")
        return report

    def close(self, order: PaymentOrder) -> ProviderReport:
        """Close; when the buyer was quicker, the report says paid. An order the provider never saw is closed too."""
        subs = [
            {"mchid": self._config.sp_mchid, "sub_mchid": share.merchant_account, "out_trade_no": share.share_no}
            for share in order.shares
        ]
        try:
            self._client.call(
                self._client.library.combine_close, combine_out_trade_no=_checked(order.payment_no), sub_orders=subs
            )
        except ProviderError as error:
            if error.code in ("ORDERPAID", "ORDER_PAID"):
                return self.query(order.payment_no)
            if error.code not in ("ORDER_CLOSED", "ORDERCLOSED", "ORDER_NOT_EXIST", "ORDERNOTEXIST"):
                raise
        return ProviderReport(payment_no=order.payment_no, paid=False, closed=True, currency=order.currency)

    def refund(self, order: RefundOrder) -> RefundReport:
        if not 0 < order.amount_minor <= order.share_total_minor or order.currency != "CNY":
            raise ProviderError("a refund is between 1 fen and what was paid", code="PARAM_ERROR", retry=False)
        answer = self._client.call(
            self._client.library.refund,
            out_refund_no=_checked(order.refund_no, _LONG_NO),
            transaction_id=order.transaction_id,
            sub_mchid=order.merchant_account,
            reason=cut_bytes(order.reason, LONGEST_REASON) or None,
            amount={"refund": order.amount_minor, "total": order.share_total_minor, "currency": order.currency},
        )
        return self._read_refund(answer, order.refund_no)

    def query_refund(self, refund: RefundOrder) -> RefundReport:
        answer = self._client.call(
            self._client.library.query_refund,
            out_refund_no=_checked(refund.refund_no, _LONG_NO),
            sub_mchid=refund.merchant_account,
        )
        return self._read_refund(answer, refund.refund_no)

    def read_notification(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification:
        message, resource = self._client.read_message(headers, body, now.timestamp())
        try:
            event_id, event_type = str(message["id"])[:64], str(message["event_type"])
            if event_type == "TRANSACTION.SUCCESS":
                self._check_addressee(resource, "combine_mchid")
                return Notification(event_id=event_id, payment=_read_order(resource))
            if event_type.startswith("REFUND."):
                self._check_addressee(resource, "sp_mchid")
                status = str(resource["refund_status"])
                return Notification(event_id=event_id, refund=_refund_report(resource, status))
        except (KeyError, TypeError, ValueError) as error:
            raise BadNotification("unreadable", str(error)[:100]) from error
        raise BadNotification("unknown_event", event_type[:40])

    def enrol_merchant(self, *, shop_id: int, shop_name: str) -> str:
        return wechatpay_enrolment.enrol(self._client, shop_id=shop_id, shop_name=shop_name)

    def split(self, order: SplitOrder) -> bool:
        """Split the commission off to the service provider; the rest stays frozen until `unfreeze`."""
        if order.commission_minor <= 0 or order.currency != "CNY":
            raise ProviderError("a split takes at least 1 fen", code="PARAM_ERROR", retry=False)
        receiver = {
            "type": "MERCHANT_ID",
            "account": self._config.sp_mchid,
            "amount": order.commission_minor,
            "description": cut_bytes(order.description, LONGEST_REASON),
        }
        answer = self._client.call(
            self._client.library.profitsharing_order,
            transaction_id=order.transaction_id,
            out_order_no=_checked(order.split_no, _LONG_NO),
            receivers=[receiver],
            unfreeze_unsplit=False,
            sub_mchid=order.merchant_account,
        )
        return _is_finished(answer)

    def query_split(self, order: SplitOrder) -> bool:
        answer = self._client.call(
            self._client.library.profitsharing_order_query,
            transaction_id=order.transaction_id,
            out_order_no=_checked(order.split_no, _LONG_NO),
            sub_mchid=order.merchant_account,
        )
        return _is_finished(answer)

    def unfreeze(self, order: SplitOrder) -> bool:
        """Release what is left. `split_no` is of its own: the provider takes one number as one request."""
        answer = self._client.call(
            self._client.library.profitsharing_unfreeze,
            transaction_id=order.transaction_id,
            out_order_no=_checked(order.split_no, _LONG_NO),
            description=cut_bytes(order.description, LONGEST_REASON),
            sub_mchid=order.merchant_account,
        )
        return _is_finished(answer)

    def withdraw(self, order: WithdrawalOrder) -> WithdrawalReport:
        return wechatpay_withdrawals.withdraw(self._client, order)

    def query_withdrawal(self, order: WithdrawalOrder) -> WithdrawalReport:
        return wechatpay_withdrawals.query(self._client, order)

    def read_balance(self, merchant_account: str) -> MerchantBalance:
        return wechatpay_withdrawals.read_balance(self._client, merchant_account)

    def fetch_statement(self, *, kind: str, day: date) -> FetchedStatement:
        return wechatpay_bills.fetch(self._client, kind=kind, day=day)

    def return_split(self, order: ReturnOrder) -> bool:
        """Give commission back out of our own account (分账回退). The same number again is the same return."""
        if order.amount_minor <= 0 or order.currency != "CNY":
            raise ProviderError("a return gives back at least 1 fen", code="PARAM_ERROR", retry=False)
        answer = self._client.call(
            self._client.library.profitsharing_return,
            out_order_no=_checked(order.split_no, _LONG_NO),
            out_return_no=_checked(order.return_no, _LONG_NO),
            return_mchid=self._config.sp_mchid,
            amount=order.amount_minor,
            description=cut_bytes(order.description, LONGEST_REASON),
            sub_mchid=order.merchant_account,
        )
        if answer.get("result") == "FAILED":
            raise ProviderError(f"return refused: {answer.get('fail_reason', '')}", code="RETURN_FAILED")
        return answer.get("result") == "SUCCESS"

    def _sub_order(self, share: ShareToPay, currency: str) -> Json:
        return {
            "mchid": self._config.sp_mchid,
            "sub_mchid": share.merchant_account,
            "out_trade_no": share.share_no,
            "attach": share.share_no,
            "description": cut_bytes(share.description, LONGEST_DESCRIPTION) or share.share_no,
            "amount": {"total_amount": share.amount_minor, "currency": currency},
            # A shop's money stays frozen until its order is final; our own is ours at once.
            "settle_info": {"profit_sharing": share.merchant_account != self._config.own_mchid},
        }

    def _check_addressee(self, resource: Json, field: str) -> None:
        if resource[field] != self._config.sp_mchid:
            raise BadNotification("foreign_merchant", str(resource[field])[:32])

    def _read_refund(self, answer: Json, refund_no: str) -> RefundReport:
        try:
            report = _refund_report(answer, str(answer["status"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ProviderError("the refund of WeChat Pay cannot be read", code="BAD_ANSWER") from error
        if report.refund_no != refund_no:
            raise ProviderError("WeChat Pay answered about another refund", code="BAD_ANSWER")
        return report


def cut_bytes(text: str, most: int) -> str:
    """The longest beginning of `text` within `most` bytes of UTF-8: the provider counts bytes."""
    return text.encode()[:most].decode(errors="ignore")


def _check_order(order: PaymentOrder) -> None:
    """What the provider would refuse is refused here, with a clear sentence and without a call."""

    def refuse(code: str, sentence: str) -> ProviderError:
        return ProviderError(sentence, code=code, retry=False)

    if not 1 <= len(order.shares) <= MOST_SHARES:
        raise refuse("TOO_MANY_SHARES", f"a combined payment has 1 to {MOST_SHARES} shares, not {len(order.shares)}")
    if order.currency != "CNY":
        raise refuse("PARAM_ERROR", f"WeChat Pay takes CNY, not {order.currency}")
    _checked(order.payment_no)
    for share in order.shares:
        _checked(share.share_no)
        if share.amount_minor <= 0:
            raise refuse("PARAM_ERROR", f"share {share.share_no} has no amount to pay")
        if not share.merchant_account:
            raise refuse("NO_AUTH", f"shop {share.shop_id} has no sub-merchant number at WeChat Pay")
    if len({share.share_no for share in order.shares}) != len(order.shares):
        raise refuse("PARAM_ERROR", "two shares have the same number")


def _checked(number: str, form: re.Pattern[str] = _PAYMENT_NO) -> str:
    """Our numbers become parts of addresses, so nothing but the provider's alphabet passes."""
    if not form.match(number):
        raise ProviderError(f"{number[:70]!r} is not a number that WeChat Pay takes", code="PARAM_ERROR", retry=False)
    return number


def _read_order(order: Json) -> ProviderReport:
    """Raises KeyError, TypeError or ValueError when the object is not of the documented form."""
    subs = list(order["sub_orders"])
    states = {str(sub["trade_state"]) for sub in subs}
    paid = bool(subs) and states <= _PAID_STATES
    currencies = {str(sub["amount"]["currency"]) for sub in subs}
    if len(currencies) != 1:
        raise ValueError("the sub-orders are not in one currency")
    return ProviderReport(
        payment_no=str(order["combine_out_trade_no"]),
        paid=paid,
        closed=states == {"CLOSED"},
        currency=currencies.pop(),
        shares=tuple(_read_share(sub) for sub in subs) if paid else (),
    )


def _read_share(sub: Json) -> PaidShare:
    amount = sub["amount"]["total_amount"]
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise TypeError("an amount that is no whole number")
    paid_at = datetime.fromisoformat(str(sub["success_time"]))
    if paid_at.tzinfo is None:
        raise ValueError("a time without a zone")
    return PaidShare(
        share_no=str(sub["out_trade_no"]),
        merchant_account=str(sub["sub_mchid"]),
        transaction_id=str(sub["transaction_id"])[:64],
        amount_minor=amount,
        paid_at=paid_at,
    )


def _refund_report(refund: Json, status: str) -> RefundReport:
    amount = refund["amount"]["refund"]
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise TypeError("an amount that is no whole number")
    state = _REFUND_STATES[status]
    reason = status if status in ("CLOSED", "ABNORMAL") else ""
    return RefundReport(refund_no=str(refund["out_refund_no"]), state=state, amount_minor=amount, reason=reason)


def _is_finished(answer: Json) -> bool:
    """True when all is done. A receiver that was refused is an error that a repeat does not mend."""
    receivers = answer.get("receivers") or []
    refused = [receiver for receiver in receivers if receiver.get("result") == "CLOSED"]
    if refused:
        raise ProviderError(f"split refused: {refused[0].get('fail_reason', '')}", code="SPLIT_CLOSED", retry=False)
    return answer.get("state") == "FINISHED"
