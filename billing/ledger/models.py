"""The books: accounts with their totals, append-only transactions and entries, holds, and requests to post.

Triggers beside these tables (see the migrations) refuse what a constraint cannot say. The application's role may
insert transactions and entries, never change them.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from billing.ledger.contracts import Book, FloorKind, HoldState, OwnerKind, Side


def _values(enum: type[Book | FloorKind | HoldState | OwnerKind | Side]) -> list[str]:
    return [member.value for member in enum]


class Account(models.Model):
    """One account. Totals only grow; a hold counts as pending until it is posted or given back."""

    book = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    code = models.CharField(max_length=4)
    owner_kind = models.CharField(max_length=10)
    owner_id = models.CharField(max_length=80, blank=True)
    shop_id = models.BigIntegerField(null=True, db_index=True)
    normal = models.CharField(max_length=1)
    floor_kind = models.CharField(max_length=5)
    floor_minor = models.BigIntegerField(default=0)
    posted_debits_minor = models.BigIntegerField(default=0)
    posted_credits_minor = models.BigIntegerField(default=0)
    pending_debits_minor = models.BigIntegerField(default=0)
    pending_credits_minor = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    last_posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "currency", "code", "owner_kind", "owner_id"], name="ledger_account_natural_key"
            ),
            models.CheckConstraint(condition=Q(book__in=_values(Book)), name="ledger_account_book"),
            models.CheckConstraint(condition=Q(normal__in=_values(Side)), name="ledger_account_normal"),
            models.CheckConstraint(condition=Q(owner_kind__in=_values(OwnerKind)), name="ledger_account_owner_kind"),
            models.CheckConstraint(
                condition=Q(posted_debits_minor__gte=0)
                & Q(posted_credits_minor__gte=0)
                & Q(pending_debits_minor__gte=0)
                & Q(pending_credits_minor__gte=0)
                & Q(version__gte=0),
                name="ledger_account_totals_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(floor_kind__in=_values(FloorKind)) & (~Q(floor_kind="zero") | Q(floor_minor=0)),
                name="ledger_account_floor_kind",
            ),
            models.CheckConstraint(
                condition=Q(floor_kind="none")
                | Q(
                    normal="C",
                    floor_minor__lte=F("posted_credits_minor") - F("posted_debits_minor") - F("pending_debits_minor"),
                )
                | Q(
                    normal="D",
                    floor_minor__lte=F("posted_debits_minor") - F("posted_credits_minor") - F("pending_credits_minor"),
                ),
                name="ledger_account_above_floor",
            ),
        ]


class Transaction(models.Model):
    """One business event in the books. `key` and the payload's hash make it repeatable for ever."""

    key = models.CharField(max_length=200, unique=True)
    payload_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    event = models.JSONField()
    reverses = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reversals", db_index=False)
    business_date = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Finds a subject, and all that begin alike, whatever the collation.
            models.Index(fields=["subject"], name="ledger_transaction_about", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["kind", "id"], name="ledger_transaction_kind"),
            models.Index(fields=["reverses"], name="ledger_transaction_reversing", condition=Q(reverses__isnull=False)),
        ]


class Entry(models.Model):
    """One side of a transaction. An account's versions are 1, 2, 3 …: none is missing and none is there twice.

    The trigger on inserts checks both references for a whole statement at once, and nothing can be deleted: a foreign
    key's check per row took half of a batch's time on a hot account.
    """

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries", db_constraint=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_constraint=False, db_index=False
    )
    side = models.CharField(max_length=1)
    amount_minor = models.BigIntegerField()
    balance_after_minor = models.BigIntegerField()
    account_version = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "account_version"], name="ledger_entry_account_version"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_entry_amount_positive"),
            models.CheckConstraint(condition=Q(side__in=_values(Side)), name="ledger_entry_side"),
        ]
        indexes = [
            models.Index(fields=["account", "created_at", "account_version"], name="ledger_entry_as_of"),
            models.Index(
                fields=["account", "account_version"],
                condition=Q(balance_after_minor=0),
                name="ledger_entry_at_zero",
            ),
            BrinIndex(fields=["created_at"], name="ledger_entry_when", autosummarize=True),
        ]


class Hold(models.Model):
    """Money put aside on one account until it is posted, in one or several parts, or given back."""

    key = models.CharField(max_length=200, unique=True)
    payload_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    amount_minor = models.BigIntegerField()
    posted_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default=HoldState.OPEN)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_hold_amount_positive"),
            models.CheckConstraint(
                condition=Q(posted_minor__gte=0) & Q(posted_minor__lte=F("amount_minor")),
                name="ledger_hold_not_more_than_held",
            ),
            models.CheckConstraint(condition=Q(state__in=_values(HoldState)), name="ledger_hold_state"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="ledger_hold_expiring"),
        ]


class HoldStep(models.Model):
    """What was done to a hold: a part posted by a transaction, or, without one, an amount added."""

    key = models.CharField(max_length=200, unique=True)
    payload_hash = models.CharField(max_length=64)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="steps")
    transaction = models.OneToOneField(Transaction, null=True, on_delete=models.PROTECT, related_name="hold_step")
    amount_minor = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_hold_step_amount_positive"),
        ]


class Seal(models.Model):
    """One link of the chain over closed ranges of transactions and entries. `number` counts 1, 2, 3 …"""

    number = models.BigIntegerField(primary_key=True)
    transactions_after = models.BigIntegerField()
    transactions_upto = models.BigIntegerField()
    transaction_digests = models.BinaryField()
    entries_after = models.BigIntegerField()
    entries_upto = models.BigIntegerField()
    entry_digests = models.BinaryField()
    head = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class ProofRun(models.Model):
    """What proving all of the books came to, once a night. `findings` lists by name what did not hold."""

    proven_at = models.DateTimeField()
    took_ms = models.BigIntegerField()
    transactions = models.BigIntegerField()
    entries = models.BigIntegerField()
    accounts = models.BigIntegerField()
    findings = models.JSONField()


class PostingRequest(models.Model):
    """A business event that waits to be posted. Without a transaction it is a clearing item."""

    key = models.CharField(max_length=200, unique=True)
    payload_hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    transaction = models.ForeignKey(Transaction, null=True, on_delete=models.PROTECT, related_name="requests")
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    parked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(transaction__isnull=True) | Q(parked=False), name="ledger_request_posted_is_not_parked"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(transaction__isnull=True), name="ledger_request_unposted"),
        ]
