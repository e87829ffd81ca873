"""Payouts, who approved them, the bank's files, and the accounts that shops are paid to. Public schema."""

from django.db import models
from django.db.models import F, Q

from billing.settlement.contracts.payouts import AccountKind, ChannelName, PayoutState
from market.accounts.fields import INDEX_LENGTH, EncryptedTextField


class ShopBankAccount(models.Model):
    """One account as it was typed. A change is a new row; the one before keeps when it was replaced."""

    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    holder = EncryptedTextField()
    bank = models.CharField(max_length=60)
    branch = models.CharField(max_length=80, blank=True)
    cnaps = models.CharField(max_length=12, blank=True)
    number = EncryptedTextField()
    number_index = models.CharField(max_length=INDEX_LENGTH)
    last_four = models.CharField(max_length=4)
    set_by = models.BigIntegerField()
    set_at = models.DateTimeField()
    usable_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="shop_bank_account_one_current", fields=["shop_id"], condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(
                name="shop_bank_account_kind_is_known", condition=Q(kind__in=[kind.value for kind in AccountKind])
            ),
            models.CheckConstraint(
                name="shop_bank_account_is_whole",
                condition=~Q(number="") & ~Q(holder="") & ~Q(bank="") & ~Q(last_four=""),
            ),
            models.CheckConstraint(name="shop_bank_account_waits", condition=Q(usable_at__gte=F("set_at"))),
        ]


class PayoutBatch(models.Model):
    """A file for the bank, as it was handed out. `content` is the whole file, unreadable at rest."""

    number = models.CharField(max_length=32, unique=True)
    key = models.CharField(max_length=100, unique=True)
    sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    sum_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    bank_account = models.CharField(max_length=40)
    content = EncryptedTextField()
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="payout_batch_is_not_empty", condition=Q(row_count__gt=0, sum_minor__gt=0)),
        ]


class Payout(models.Model):
    """Money on its way to a shop, with a copy of where it goes. Triggers keep what was agreed and who approved.

    `answer` is what the bank said, written down before it is carried out. `due_at` is when the clock looks again.
    """

    number = models.CharField(max_length=32, unique=True)
    shop_id = models.BigIntegerField()
    channel = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default=PayoutState.ASKED.value)
    key = models.CharField(max_length=100)
    payload_hash = models.CharField(max_length=64)
    retry_of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="retried_by")
    account = models.ForeignKey(ShopBankAccount, null=True, on_delete=models.PROTECT, related_name="payouts")
    holder = EncryptedTextField(blank=True)
    bank = models.CharField(max_length=60, blank=True)
    branch = models.CharField(max_length=80, blank=True)
    cnaps = models.CharField(max_length=12, blank=True)
    account_number = EncryptedTextField(blank=True)
    last_four = models.CharField(max_length=4, blank=True)
    merchant_account = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey(PayoutBatch, null=True, on_delete=models.PROTECT, related_name="payouts")
    batch_row = models.PositiveIntegerField(null=True)
    reference = models.CharField(max_length=64, blank=True)
    answer = models.CharField(max_length=10, blank=True)
    answer_reference = models.CharField(max_length=64, blank=True)
    answer_reason = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payout_key_once_a_shop", fields=["shop_id", "key"]),
            models.UniqueConstraint(name="payout_one_row_of_a_batch", fields=["batch", "batch_row"]),
            models.CheckConstraint(name="payout_amount_is_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="payout_state_is_known", condition=Q(state__in=[state.value for state in PayoutState])
            ),
            models.CheckConstraint(
                name="payout_goes_somewhere",
                condition=Q(channel=ChannelName.BANK.value, account__isnull=False, merchant_account="")
                & ~Q(last_four="")
                & ~Q(account_number="")
                | Q(channel=ChannelName.WECHATPAY.value, account__isnull=True, last_four="") & ~Q(merchant_account=""),
            ),
            models.CheckConstraint(name="payout_answer_is_known", condition=Q(answer__in=["", "arrived", "failed"])),
            models.CheckConstraint(
                name="payout_approved_has_a_time",
                condition=~Q(state__in=["approved", "sent", "confirmed"]) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_sent_has_a_time",
                condition=~Q(state__in=["sent", "confirmed"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_sent_to_the_bank_by_file",
                condition=~Q(channel=ChannelName.BANK.value)
                | Q(sent_at__isnull=True, batch__isnull=True)
                | Q(sent_at__isnull=False, batch__isnull=False, batch_row__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_confirmed_has_a_time", condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="payout_returned_was_confirmed",
                condition=Q(returned_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_ended_has_a_time",
                condition=Q(state__in=["failed", "cancelled"], ended_at__isnull=False)
                | ~Q(state__in=["failed", "cancelled"]) & Q(ended_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="payout_of_shop", fields=["shop_id", "-id"]),
            models.Index(name="payout_in_state", fields=["state", "-id"]),
            models.Index(name="payout_due", fields=["due_at"], condition=Q(due_at__isnull=False)),
        ]


class PayoutApproval(models.Model):
    """One person's yes to one payout; never the asker's, and only one a person."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="approvals")
    asked_by = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="payout_approved_once_a_person", fields=["payout", "actor_id"]),
            models.CheckConstraint(name="payout_approved_by_another", condition=~Q(actor_id=F("asked_by"))),
        ]
