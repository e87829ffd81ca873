"""Reads of payments, as contracts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q

from billing.payments.contracts import (
    InboxEntry,
    PaymentOrder,
    PaymentState,
    PaymentView,
    RefundState,
    RefundView,
    ReleaseStep,
    ShareToPay,
    ShareView,
)
from billing.payments.models import MerchantAccount, Payment, PaymentShare, Refund, WebhookInbox

# A callback is usual within seconds; after that we ask ourselves, and once more some time after closing.
_ASK_AFTER = timedelta(seconds=30)
_ASK_AGAIN_AFTER = timedelta(seconds=60)
_ASK_CLOSED_AFTER = timedelta(minutes=10)
_MOST_LISTED = 500


class PaymentNotFound(LookupError):
    """There is no payment of this number."""


class ShareNotFound(LookupError):
    """There is no share of this number in any payment."""


class RefundNotFound(LookupError):
    """There is no refund of this number."""


def get_payment(payment_no: str) -> PaymentView:
    """A payment with its shares. Raises PaymentNotFound."""
    payment = Payment.objects.prefetch_related("shares").filter(payment_no=payment_no).first()
    if payment is None:
        raise PaymentNotFound(payment_no)
    return PaymentView(
        payment_no=payment.payment_no,
        purchase_no=payment.purchase_no,
        gateway=payment.gateway,
        state=PaymentState(payment.state),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        qr_content=payment.qr_content,
        expires_at=payment.expires_at,
        captured_at=payment.captured_at,
        captured_late=payment.captured_late,
        closed_at=payment.closed_at,
        shares=tuple(to_share_view(share, payment.payment_no) for share in in_order(payment.shares.all())),
    )


def get_share(share_no: str) -> ShareView:
    """One shop's share. Raises ShareNotFound."""
    share = PaymentShare.objects.select_related("payment").filter(share_no=share_no).first()
    if share is None:
        raise ShareNotFound(share_no)
    return to_share_view(share, share.payment.payment_no)


def find_share_by_transaction(transaction_id: str) -> ShareView | None:
    """The share that a provider knows by its own number: what staff have in hand when they ask about it."""
    if not transaction_id or "\0" in transaction_id:
        return None
    share = PaymentShare.objects.select_related("payment").filter(transaction_id=transaction_id).first()
    return to_share_view(share, share.payment.payment_no) if share else None


def list_refunds(*, share_no: str) -> list[RefundView]:
    """Every refund of a share, oldest first."""
    refunds = Refund.objects.filter(share__share_no=share_no).select_related("share").order_by("id")
    return [to_refund_view(refund) for refund in refunds]


def list_refunds_of(share_nos: Iterable[str]) -> list[RefundView]:
    """Every refund of these shares, oldest first, one statement: for staff."""
    refunds = Refund.objects.filter(share__share_no__in=list(share_nos)).select_related("share").order_by("id")
    return [to_refund_view(refund) for refund in refunds]


def get_refund(refund_no: str) -> RefundView:
    """Raises RefundNotFound."""
    refund = Refund.objects.select_related("share").filter(refund_no=refund_no).first()
    if refund is None:
        raise RefundNotFound(refund_no)
    return to_refund_view(refund)


def list_merchant_accounts(*, shop_ids: Iterable[int], gateway: str) -> dict[int, str]:
    """The account of each of these shops that has one."""
    rows = MerchantAccount.objects.filter(shop_id__in=list(shop_ids), gateway=gateway)
    return dict(rows.values_list("shop_id", "account"))


def map_shops_by_account(*, accounts: Iterable[str], gateway: str) -> dict[str, int]:
    """Whose each of these accounts at a provider is; an account that nobody of ours has is left out."""
    rows = MerchantAccount.objects.filter(account__in=list(accounts), gateway=gateway)
    return dict(rows.values_list("account", "shop_id"))


def list_inbox(*, accepted: bool | None = None, before_id: int | None = None, limit: int = 100) -> list[InboxEntry]:
    """The latest messages of providers, newest first, for staff."""
    rows = WebhookInbox.objects.order_by("-id")
    if accepted is not None:
        rows = rows.filter(accepted=accepted)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [
        InboxEntry(
            entry_id=row.pk,
            gateway=row.gateway,
            event_id=row.event_id,
            subject=row.subject,
            accepted=row.accepted,
            reason=row.reason,
            detail=row.detail,
            times=row.times,
            received_at=row.received_at,
        )
        for row in rows[: min(limit, _MOST_LISTED)]
    ]


def count_refused_webhooks(*, since: datetime) -> int:
    """How many messages we refused since an instant, for staff."""
    return WebhookInbox.objects.filter(accepted=False, received_at__gte=since).count()


def list_unsure_payments(*, now: datetime, limit: int = 20) -> list[str]:
    """Numbers of payments that the provider should be asked about: no callback yet, or closed a while ago."""
    waiting = Q(state=PaymentState.STARTED.value, started_at__lte=now - _ASK_AFTER) & (
        Q(asked_at__isnull=True) | Q(asked_at__lte=now - _ASK_AGAIN_AFTER)
    )
    closed = Q(state=PaymentState.CLOSED.value, started_at__isnull=False, closed_at__lte=now - _ASK_CLOSED_AFTER) & (
        Q(asked_at__isnull=True) | Q(asked_at__lt=F("closed_at") + _ASK_CLOSED_AFTER)
    )
    rows = Payment.objects.filter(waiting | closed).exclude(gateway="cod").order_by("id")
    return list(rows.values_list("payment_no", flat=True)[:limit])


def list_due_refunds(*, now: datetime, limit: int = 20) -> list[str]:
    """Numbers of refunds to send, or to ask the provider about."""
    rows = Refund.objects.filter(state__in=[RefundState.ASKED.value, RefundState.SENT.value], due_at__lte=now)
    return list(rows.order_by("due_at").values_list("refund_no", flat=True)[:limit])


def to_order(payment: Payment) -> PaymentOrder:
    """What the gateway was or will be asked to collect (at home only: takes a row with its shares)."""
    shares = tuple(
        ShareToPay(share.share_no, share.shop_id, share.merchant_account, share.amount_minor, share.description)
        for share in in_order(payment.shares.all())
    )
    return PaymentOrder(payment.payment_no, shares, payment.currency, payment.expires_at, payment.description)


def in_order(shares: Iterable[PaymentShare]) -> list[PaymentShare]:
    """Shares as they were opened."""
    return sorted(shares, key=lambda share: share.position)


def to_share_view(share: PaymentShare, payment_no: str) -> ShareView:
    """A row as a contract."""
    return ShareView(
        share_no=share.share_no,
        payment_no=payment_no,
        shop_id=share.shop_id,
        merchant_account=share.merchant_account,
        amount_minor=share.amount_minor,
        transaction_id=share.transaction_id,
        paid_at=share.paid_at,
        refunded_minor=share.refunded_minor,
        step=ReleaseStep(share.step),
        commission_minor=share.commission_minor,
    )


def to_refund_view(refund: Refund) -> RefundView:
    """A row (with its share) as a contract."""
    return RefundView(
        refund_no=refund.refund_no,
        share_no=refund.share.share_no,
        amount_minor=refund.amount_minor,
        state=RefundState(refund.state),
        reason=refund.reason,
        trouble=refund.trouble,
        asked_at=refund.asked_at,
        succeeded_at=refund.succeeded_at,
    )
