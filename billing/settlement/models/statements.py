"""Statements of shops: made once after a period's end, then never changed (a trigger says so). Public schema."""

from django.db import models
from django.db.models import F, Q

from billing.settlement.contracts.statements import Span


class Statement(models.Model):
    """What was a shop's at a period's beginning and end, over all its accounts of one currency."""

    number = models.CharField(max_length=60, unique=True)
    shop_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    span = models.CharField(max_length=5)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    entries = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop_id", "currency", "span", "starts_at"], name="statement_once_a_period"
            ),
            models.CheckConstraint(name="statement_span_is_known", condition=Q(span__in=[span.value for span in Span])),
            models.CheckConstraint(name="statement_ends_after_its_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="statement_made_after_its_end", condition=Q(made_at__gte=F("ends_at"))),
        ]


class StatementAccount(models.Model):
    """One account of a statement. Its entries are the account's versions after `after_version` up to `upto_version`.

    `lines` is a list of `{"kind", "entries", "raised_minor", "lowered_minor"}` whose sums are this row's.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="accounts")
    book = models.CharField(max_length=10)
    code = models.CharField(max_length=4)
    owed_by_shop = models.BooleanField()
    opening_minor = models.BigIntegerField()
    raised_minor = models.BigIntegerField()
    lowered_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    after_version = models.BigIntegerField()
    upto_version = models.BigIntegerField()
    lines = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "book", "code"], name="statement_account_once"),
            models.CheckConstraint(
                name="statement_account_adds_up",
                condition=Q(closing_minor=F("opening_minor") + F("raised_minor") - F("lowered_minor")),
            ),
            models.CheckConstraint(
                name="statement_account_sums_not_negative", condition=Q(raised_minor__gte=0, lowered_minor__gte=0)
            ),
            models.CheckConstraint(
                name="statement_account_versions_go_on",
                condition=Q(after_version__gte=0, upto_version__gte=F("after_version")),
            ),
        ]
