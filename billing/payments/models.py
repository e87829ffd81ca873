"""Payments, their shares per shop, refunds, merchants' accounts and the webhook inbox. Public schema."""

from django.db import models
from django.db.models import F, Q

from billing.payments.contracts import PaymentState, RefundState, ReleaseStep


def _words(enumeration: type[PaymentState] | type[RefundState] | type[ReleaseStep]) -> list[str]:
    return [word.value for word in enumeration]


class MerchantAccount(models.Model):
    """A shop's account number at a provider (`sub_mchid`)."""

    shop_id = models.BigIntegerField()
    gateway = models.CharField(max_length=16)
    account = models.CharField(max_length=64)
    enrolled_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="merchant_account_once_a_gateway", fields=["shop_id", "gateway"]),
            models.UniqueConstraint(name="merchant_account_of_one_shop", fields=["gateway", "account"]),
            models.CheckConstraint(name="merchant_account_has_a_number", condition=~Q(account="")),
        ]


class Payment(models.Model):
    """One payment over the shares of many shops. Its shares sum to it: a deferred trigger sees to that."""

    payment_no = models.CharField(max_length=32, unique=True)
    purchase_no = models.CharField(max_length=32, unique=True)
    gateway = models.CharField(max_length=16)
    state = models.CharField(max_length=10, default=PaymentState.OPENED.value)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200)
    qr_content = models.CharField(max_length=512, blank=True)
    redirect_url = models.CharField(max_length=1024, blank=True)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)  # when the provider was last asked how it stands
    captured_at = models.DateTimeField(null=True)
    captured_late = models.BooleanField(default=False)  # the money came after it had been closed
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="payment_amount_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="payment_state_is_known", condition=Q(state__in=_words(PaymentState))),
            models.CheckConstraint(
                name="payment_captured_has_a_time", condition=~Q(state="captured") | Q(captured_at__isnull=False)
            ),
            models.CheckConstraint(
                name="payment_closed_has_a_time", condition=~Q(state="closed") | Q(closed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="payment_late_was_closed_before",
                condition=Q(captured_late=False) | Q(closed_at__isnull=False, captured_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="payment_unsure", fields=["started_at"], condition=Q(state="started"))]


class PaymentShare(models.Model):
    """One shop's part: a sub-order at the provider."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="shares")
    position = models.PositiveSmallIntegerField()
    share_no = models.CharField(max_length=32, unique=True)
    shop_id = models.BigIntegerField()
    merchant_account = models.CharField(max_length=64, blank=True)
    amount_minor = models.BigIntegerField()
    description = models.CharField(max_length=200)
    transaction_id = models.CharField(max_length=64, blank=True)
    paid_at = models.DateTimeField(null=True)
    refunded_minor = models.BigIntegerField(default=0)  # asked, sent or succeeded
    step = models.CharField(max_length=12, default=ReleaseStep.NONE.value)
    commission_minor = models.BigIntegerField(default=0)
    commission_returned_minor = models.BigIntegerField(default=0, db_default=0)  # for refunds after the split
    split_at = models.DateTimeField(null=True)
    unfrozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="payment_share_amount_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="payment_share_refunds_within_paid",
                condition=Q(refunded_minor=0)
                | Q(refunded_minor__gt=0, refunded_minor__lte=F("amount_minor"), paid_at__isnull=False),
            ),
            models.CheckConstraint(name="payment_share_step_is_known", condition=Q(step__in=_words(ReleaseStep))),
            models.CheckConstraint(
                name="payment_share_released_was_paid", condition=Q(step="none") | Q(paid_at__isnull=False)
            ),
            models.CheckConstraint(
                name="payment_share_commission_within_amount",
                condition=Q(commission_minor__gte=0, commission_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="payment_share_returned_within_commission",
                condition=Q(commission_returned_minor__gte=0, commission_returned_minor__lte=F("commission_minor")),
            ),
            models.CheckConstraint(
                name="payment_share_paid_has_a_transaction",
                condition=Q(paid_at__isnull=True, transaction_id="") | Q(paid_at__isnull=False) & ~Q(transaction_id=""),
            ),
            models.UniqueConstraint(
                name="payment_share_transaction_once", fields=["transaction_id"], condition=~Q(transaction_id="")
            ),
        ]


class Refund(models.Model):
    """Part or all of a share, given back. `due_at` is when to send or to ask next."""

    share = models.ForeignKey(PaymentShare, on_delete=models.PROTECT, related_name="refunds")
    refund_no = models.CharField(max_length=32, unique=True)
    key = models.CharField(max_length=100, unique=True)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    commission_minor = models.BigIntegerField(default=0, db_default=0)  # to be returned by us before it is sent
    returned_at = models.DateTimeField(null=True)
    released = models.BooleanField(default=False, db_default=False)  # the shop had its money when this was asked
    state = models.CharField(max_length=10, default=RefundState.ASKED.value)
    trouble = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="refund_amount_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="refund_commission_within_amount",
                condition=Q(commission_minor__gte=0, commission_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(name="refund_state_is_known", condition=Q(state__in=_words(RefundState))),
            models.CheckConstraint(
                name="refund_succeeded_has_a_time", condition=~Q(state="succeeded") | Q(succeeded_at__isnull=False)
            ),
        ]
        indexes = [models.Index(name="refund_due", fields=["due_at"], condition=Q(state__in=["asked", "sent"]))]


class WebhookInbox(models.Model):
    """What providers sent us. An accepted event is one row however often it comes; refused ones are kept, bounded."""

    gateway = models.CharField(max_length=16)
    event_id = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=64, blank=True)
    accepted = models.BooleanField()
    reason = models.CharField(max_length=32, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    body_digest = models.CharField(max_length=64)
    times = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField()
    last_received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="webhook_accepted_once", fields=["gateway", "event_id"], condition=Q(accepted=True)
            ),
            models.CheckConstraint(
                name="webhook_refused_has_a_reason",
                condition=Q(accepted=True, reason="") | Q(accepted=False) & ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(name="webhook_refused", fields=["gateway", "-id"], condition=Q(accepted=False))]
