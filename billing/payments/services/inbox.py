"""Providers' messages: verified, compared with what we know, kept; refused ones with their reason."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from billing.payments.contracts import BadNotification, Notification, ProviderReport, RefundReport
from billing.payments.gateways.registry import get_gateway
from billing.payments.models import Payment, Refund, WebhookInbox
from billing.payments.rules import find_mismatch
from billing.payments.selectors import to_order
from billing.payments.services.guards import demand_no_transaction

KEPT_REFUSALS = 1000

log = structlog.get_logger(__name__)


def receive_notification(*, gateway: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification:
    """Believe a provider's message, or refuse it. Keeps either in the inbox; touches no payment.

    May call the provider for its certificates. Raises `UnknownGateway`, `BadNotification` (answer it with
    `rules.answer_webhook(error.reason)`).
    """
    demand_no_transaction()
    digest = hashlib.sha256(body).hexdigest()
    try:
        notification = get_gateway(gateway).read_notification(headers, body, now)
        _check_known(gateway, notification)
    except BadNotification as refusal:
        log.warning("webhook.refused", gateway=gateway, reason=refusal.reason, detail=str(refusal), body_digest=digest)
        _keep_refused(gateway, refusal, digest, now)
        raise
    _keep_accepted(gateway, notification, digest, now)
    return notification


def trim_inbox(*, gateway: str) -> int:
    """Keep the latest refusals only: anybody can send us what has to be refused. Returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM payments_webhookinbox WHERE NOT accepted AND gateway = %s AND id <= ("
            " SELECT id FROM payments_webhookinbox WHERE NOT accepted AND gateway = %s"
            " ORDER BY id DESC OFFSET %s LIMIT 1)",
            [gateway, gateway, KEPT_REFUSALS],
        )
        return int(cursor.rowcount)


def _check_known(gateway: str, notification: Notification) -> None:
    """Signed by the provider is not yet true of us: an order that we never opened, or for another amount."""
    if notification.payment is not None:
        _check_payment(gateway, notification.payment)
    if notification.refund is not None:
        _check_refund(gateway, notification.refund)


def _check_payment(gateway: str, report: ProviderReport) -> None:
    payment = (
        Payment.objects.prefetch_related("shares").filter(payment_no=report.payment_no[:64], gateway=gateway).first()
    )
    if payment is None:
        raise BadNotification("unknown_order", report.payment_no[:64])
    reason = find_mismatch(to_order(payment), report) if report.paid else ""
    if reason:
        raise BadNotification(reason, report.payment_no)


def _check_refund(gateway: str, report: RefundReport) -> None:
    refund = Refund.objects.filter(refund_no=report.refund_no[:64], share__payment__gateway=gateway).first()
    if refund is None:
        raise BadNotification("unknown_refund", report.refund_no[:64])
    if refund.amount_minor != report.amount_minor:
        raise BadNotification("wrong_amount", report.refund_no)


@transaction.atomic(durable=True)
def _keep_accepted(gateway: str, notification: Notification, digest: str, now: datetime) -> None:
    told = notification.payment or notification.refund
    subject = "" if told is None else told.payment_no if isinstance(told, ProviderReport) else told.refund_no
    if _count_repeat(gateway, notification.event_id, now):
        return
    try:
        with transaction.atomic():
            WebhookInbox.objects.create(
                gateway=gateway,
                event_id=notification.event_id,
                subject=subject,
                accepted=True,
                body_digest=digest,
                received_at=now,
                last_received_at=now,
            )
    except IntegrityError:
        _count_repeat(gateway, notification.event_id, now)


def _count_repeat(gateway: str, event_id: str, now: datetime) -> bool:
    known = WebhookInbox.objects.filter(gateway=gateway, event_id=event_id, accepted=True)
    return bool(known.update(times=F("times") + 1, last_received_at=now))


@transaction.atomic(durable=True)
def _keep_refused(gateway: str, refusal: BadNotification, digest: str, now: datetime) -> None:
    row = WebhookInbox.objects.create(
        gateway=gateway,
        accepted=False,
        reason=refusal.reason[:32],
        detail=str(refusal)[:200],
        body_digest=digest,
        received_at=now,
        last_received_at=now,
    )
    if row.pk % 100 == 0:
        trim_inbox(gateway=gateway)
