"""Writes of payments. A *step* demands the caller's transaction; what calls a provider demands that none is open."""

from billing.payments.gateways.registry import NoOwnAccount
from billing.payments.services.closing import close_payment, mark_closed
from billing.payments.services.enrolling import enrol_merchant
from billing.payments.services.guards import ProviderCallInTransaction
from billing.payments.services.inbox import receive_notification, trim_inbox
from billing.payments.services.opening import (
    BadShares,
    PaymentClosed,
    PaymentExpired,
    PaymentReused,
    open_own_payment,
    open_payment,
    start_payment,
)
from billing.payments.services.refunding import (
    KeyReused,
    NotPaid,
    RefundTooLarge,
    ask_refund,
    record_refund,
    send_refund,
)
from billing.payments.services.releasing import (
    CommissionChanged,
    NothingLeft,
    RefundUnderWay,
    SplitUnfinished,
    split_share,
    unfreeze_share,
)
from billing.payments.services.reporting import AmountMismatch, ask_provider, record_report
from billing.payments.services.statements import fetch_statement
from billing.payments.services.sweeping import ask_unsure_payments, send_due_refunds
from billing.payments.services.withdrawing import (
    NoMerchantAccount,
    lock_merchant_account,
    query_withdrawal,
    read_merchant_balance,
    withdraw,
)

__all__ = [
    "AmountMismatch",
    "BadShares",
    "CommissionChanged",
    "KeyReused",
    "NoMerchantAccount",
    "NoOwnAccount",
    "NotPaid",
    "NothingLeft",
    "PaymentClosed",
    "PaymentExpired",
    "PaymentReused",
    "ProviderCallInTransaction",
    "RefundTooLarge",
    "RefundUnderWay",
    "SplitUnfinished",
    "ask_provider",
    "ask_refund",
    "ask_unsure_payments",
    "close_payment",
    "enrol_merchant",
    "fetch_statement",
    "lock_merchant_account",
    "mark_closed",
    "open_own_payment",
    "open_payment",
    "query_withdrawal",
    "read_merchant_balance",
    "receive_notification",
    "record_refund",
    "record_report",
    "send_due_refunds",
    "send_refund",
    "split_share",
    "start_payment",
    "trim_inbox",
    "unfreeze_share",
    "withdraw",
]
