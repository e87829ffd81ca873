"""Decisions, and the views and clicks of shown ads. Both are partitioned by day (`services.partitions`).

The day is the decision's business day, which its tokens carry: the key (day, token) makes one token one event.
"""

from typing import Any

from django.db import models
from django.db.models import Func, Q

from search.auction.contracts import TokenKind
from search.spending.contracts import CorrectionKind

BILLED_KINDS = [TokenKind.VIEW.value, TokenKind.CLICK.value]
KINDS = [kind.value for kind in TokenKind]
SALE = TokenKind.SALE.value


class TransactionId(models.Field):  # type: ignore[type-arg]  # compared by PostgreSQL only
    """A full transaction id (xid8), which never comes round again."""

    def db_type(self, connection: Any) -> str:  # Any: as Django has it
        return "xid8"


def this_transaction() -> Func:
    """The id of the transaction that writes."""
    return Func(function="pg_current_xact_id", output_field=TransactionId())


def next_number() -> Func:
    """The next number of an event: a partitioned table has no identity before PostgreSQL 17."""
    return Func(models.Value("spending_adevent_number"), function="nextval", output_field=models.BigIntegerField())


class Decision(models.Model):
    """What was decided for one page; dropped with its partition after 35 days. `lines` are `DecisionLine`s."""

    pk = models.CompositePrimaryKey("day", "decision_id")
    day = models.DateField()
    decision_id = models.UUIDField()
    decided_at = models.DateTimeField()
    page = models.CharField(max_length=12)
    query = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=12, blank=True)
    auction = models.TextField(blank=True)
    person = models.UUIDField(null=True)
    network = models.UUIDField(null=True)
    lines = models.JSONField()
    held_out = models.BooleanField(db_default=False)

    class Meta:
        indexes = [models.Index(name="ad_decision_when", fields=["decided_at"])]


class AdEvent(models.Model):
    """A view or click, once a token; kept for ever. Valid ones have no reason; price is billed plus borne.

    `freed` is set when its hour closed and no decision was stored for it; `charge_id` names the hour that charged it.
    """

    pk = models.CompositePrimaryKey("day", "token")
    day = models.DateField()
    token = models.UUIDField()
    number = models.BigIntegerField(db_default=next_number())
    written_in = TransactionId(db_default=this_transaction())
    kind = models.CharField(max_length=5)
    at = models.DateTimeField()
    decision_id = models.UUIDField()
    place = models.PositiveSmallIntegerField()
    ad_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    group_id = models.BigIntegerField()
    keyword_id = models.BigIntegerField(null=True)
    shop_id = models.BigIntegerField()
    product_id = models.BigIntegerField(null=True)
    page = models.CharField(max_length=12, blank=True)
    lease_id = models.BigIntegerField()
    price_micro = models.BigIntegerField()
    billed_micro = models.BigIntegerField()
    borne_micro = models.BigIntegerField()
    reason = models.CharField(max_length=20, blank=True)
    person = models.UUIDField(null=True)
    network = models.UUIDField(null=True)
    works_for_shop_id = models.BigIntegerField(null=True)
    dwell_ms = models.PositiveIntegerField(null=True)
    inputs = models.TextField(blank=True)
    decision_stored = models.BooleanField()
    freed = models.BooleanField(default=False)
    charge_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="ad_event_kind", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(
                name="ad_event_price_is_billed_or_borne",
                condition=Q(billed_micro__gte=0, borne_micro__gte=0)
                & (
                    Q(reason="", price_micro=models.F("billed_micro") + models.F("borne_micro"))
                    | (~Q(reason="") & Q(billed_micro=0, borne_micro=0))
                ),
            ),
        ]
        indexes = [
            models.Index(name="ad_event_written", fields=["written_in", "number"]),
            models.Index(name="ad_event_person", fields=["person", "at"], condition=Q(person__isnull=False)),
            models.Index(
                name="ad_event_network", fields=["network", "shop_id", "at"], condition=Q(kind=TokenKind.CLICK.value)
            ),
            models.Index(
                name="ad_event_sale", fields=["network", "shop_id", "at"], condition=Q(kind=TokenKind.SALE.value)
            ),
            models.Index(name="ad_event_shop", fields=["shop_id", "at"]),
            models.Index(
                name="ad_event_due",
                fields=["shop_id", "kind", "at"],
                condition=Q(charge_id__isnull=True, billed_micro__gt=0),
            ),
        ]


class Correction(models.Model):
    """What an event does not cost after all. Events stay as they were recorded: whoever counted them reads this too.

    A click on an ad that is paid per sale costs nothing. Of one that was found invalid later nothing is taken back
    here; the sale it brought is not its plan's any more (`search.per_sale` follows).
    """

    written_in = TransactionId(db_default=this_transaction())
    day = models.DateField()
    token = models.UUIDField()
    shop_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    amount_micro = models.BigIntegerField()
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ad_correction_once", fields=["day", "token"]),
            models.CheckConstraint(
                name="ad_correction_kind", condition=Q(kind__in=[kind.value for kind in CorrectionKind])
            ),
            models.CheckConstraint(name="ad_correction_amount", condition=Q(amount_micro__gte=0)),
        ]
        indexes = [models.Index(name="ad_correction_written", fields=["written_in", "id"])]


class DaySalt(models.Model):
    """The salt of a day's persons and networks. When it is deleted, nobody can tell whose events they were."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField()
