"""Providers' statements, line by line, and what was found comparing them with the books. Public schema."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from billing.settlement.contracts.reconciling import FindingKind, FindingState, LineKind, StatementKind, StatementState


def _words(enumeration: type[StrEnum]) -> list[str]:
    return [word.value for word in enumeration]


class ProviderStatement(models.Model):
    """One file of a provider for one day. The same content twice is one row; one file a day is in force."""

    psp = models.CharField(max_length=16)
    kind = models.CharField(max_length=10)
    day = models.DateField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=StatementState.RECEIVED.value)
    file_name = models.CharField(max_length=200, blank=True)
    media_id = models.BigIntegerField(null=True)
    size_bytes = models.BigIntegerField()
    lines = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict)
    refusal = models.CharField(max_length=40, blank=True)
    refused_row = models.PositiveIntegerField(default=0)
    refused_column = models.CharField(max_length=80, blank=True)
    refused_params = models.JSONField(default=dict)
    job_id = models.BigIntegerField(null=True)
    uploaded_by = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="provider_statement_content", fields=["psp", "kind", "day", "sha256"]),
            models.UniqueConstraint(
                name="provider_statement_in_force", fields=["psp", "kind", "day"], condition=Q(state="loaded")
            ),
            models.CheckConstraint(name="provider_statement_kind", condition=Q(kind__in=_words(StatementKind))),
            models.CheckConstraint(name="provider_statement_state", condition=Q(state__in=_words(StatementState))),
            models.CheckConstraint(
                name="provider_statement_refused_says_why",
                condition=Q(state="refused") & ~Q(refusal="") | ~Q(state="refused") & Q(refusal=""),
            ),
        ]


class StatementRow(models.Model):
    """One line of a file that was loaded, and the ledger's transaction it was matched with."""

    statement = models.ForeignKey(ProviderStatement, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=80)
    provider_no = models.CharField(max_length=80, blank=True)
    order_no = models.CharField(max_length=80, blank=True)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    account = models.CharField(max_length=64, blank=True)
    pending = models.BooleanField(default=False)
    transaction_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="statement_row_once", fields=["statement", "row"]),
            models.CheckConstraint(name="statement_row_kind", condition=Q(kind__in=_words(LineKind))),
        ]
        indexes = [
            models.Index(name="statement_row_number", fields=["number"]),
            models.Index(
                name="statement_row_transaction",
                fields=["transaction_id"],
                condition=Q(transaction_id__isnull=False),
            ),
        ]


class ReconciliationRun(models.Model):
    """What comparing one file with the books gave, as it stands."""

    statement = models.OneToOneField(ProviderStatement, on_delete=models.CASCADE, related_name="run")
    ran_at = models.DateTimeField()
    lines = models.PositiveIntegerField()
    matched = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    rounded = models.PositiveIntegerField(default=0)
    resolved = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    extra = models.PositiveIntegerField(default=0)
    amount = models.PositiveIntegerField(default=0)
    currency = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)


class Finding(models.Model):
    """One difference between a statement and the books, until it is explained. `key` keeps a repeat from being two."""

    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="findings")
    psp = models.CharField(max_length=16)
    statement_kind = models.CharField(max_length=10)
    day = models.DateField()
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=10)
    line_kind = models.CharField(max_length=10)
    number = models.CharField(max_length=80)
    provider_no = models.CharField(max_length=80, blank=True)
    statement_row = models.ForeignKey(StatementRow, null=True, on_delete=models.SET_NULL, related_name="findings")
    row = models.PositiveIntegerField(null=True)
    transaction_id = models.BigIntegerField(null=True)
    shop_id = models.BigIntegerField(null=True)
    ours_minor = models.BigIntegerField(null=True)
    ours_fee_minor = models.BigIntegerField(null=True)
    theirs_minor = models.BigIntegerField(null=True)
    theirs_fee_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    ours_currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default=FindingState.OPEN.value)
    reason = models.CharField(max_length=300, blank=True)
    suspense_minor = models.BigIntegerField(default=0)
    suspense_raised = models.PositiveSmallIntegerField(default=0)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="finding_once", fields=["psp", "key"]),
            models.CheckConstraint(name="finding_kind_is_known", condition=Q(kind__in=_words(FindingKind))),
            models.CheckConstraint(name="finding_line_kind_is_known", condition=Q(line_kind__in=_words(LineKind))),
            models.CheckConstraint(name="finding_state_is_known", condition=Q(state__in=_words(FindingState))),
            models.CheckConstraint(
                name="finding_decided_has_a_reason",
                condition=Q(state="open") | Q(decided_at__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="finding_in_suspense_has_an_amount", condition=~Q(state="suspended") | ~Q(suspense_minor=0)
            ),
            models.CheckConstraint(
                name="finding_has_a_side", condition=Q(ours_minor__isnull=False) | Q(theirs_minor__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="finding_open", fields=["psp", "shop_id"], condition=Q(state="open")),
            models.Index(name="finding_unsettled", fields=["psp", "id"], condition=Q(state__in=["open", "suspended"])),
            models.Index(name="finding_of_transaction", fields=["transaction_id"]),
        ]


class StatementFetch(models.Model):
    """The nightly fetching of one statement: how often it was tried, and when it is tried again."""

    psp = models.CharField(max_length=16)
    kind = models.CharField(max_length=10)
    day = models.DateField()
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="statement_fetch_once", fields=["psp", "kind", "day"]),
            models.CheckConstraint(name="statement_fetch_kind", condition=Q(kind__in=_words(StatementKind))),
        ]
        indexes = [models.Index(name="statement_fetch_due", fields=["due_at"], condition=Q(done_at__isnull=True))]
