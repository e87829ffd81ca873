"""Cash on delivery: no provider. The carrier or the shop takes the money at the door."""

from collections.abc import Mapping
from datetime import datetime

from billing.payments.contracts import (
    BadNotification,
    FundsFlow,
    Notification,
    PaymentOrder,
    ProviderError,
    ProviderReport,
    RefundOrder,
    RefundReport,
    Started,
)


class CashOnDeliveryGateway:
    """`contracts.Gateway` where there is nobody to ask: nothing is started, and cash is given back by hand."""

    name = "cod"
    funds_flow = FundsFlow.AGENT

    def start(self, order: PaymentOrder) -> Started:
        return Started()

    def query(self, payment_no: str) -> ProviderReport:
        raise ProviderError("nobody but the carrier knows of cash", code="BY_HAND", retry=False)

    def close(self, order: PaymentOrder) -> ProviderReport:
        return ProviderReport(payment_no=order.payment_no, paid=False, closed=True, currency=order.currency)

    def refund(self, order: RefundOrder) -> RefundReport:
        raise ProviderError("cash is given back by hand", code="BY_HAND", retry=False)

    def query_refund(self, refund: RefundOrder) -> RefundReport:
        raise ProviderError("cash is given back by hand", code="BY_HAND", retry=False)

    def read_notification(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification:
        raise BadNotification("unknown_event", "cash sends no messages")
