"""Commission on sales that ads brought: what was charged, and what refunds took off again."""

from django.db import models
from django.db.models import F, Q

from billing.wallets.contracts import SaleDeed


class SaleCharge(models.Model):
    """One posted deed on a sale, once under its key. What was owed is credited as cash, so only charges have it."""

    shop_id = models.BigIntegerField()
    sale_no = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    deed = models.CharField(max_length=8)
    cash_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    owed_minor = models.BigIntegerField(default=0)
    vat_minor = models.BigIntegerField()
    transaction_ids = models.JSONField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="sale_charge_deed", condition=Q(deed__in=[deed.value for deed in SaleDeed])),
            models.CheckConstraint(
                name="sale_charge_has_an_amount",
                condition=Q(cash_minor__gte=0, bonus_minor__gte=0, owed_minor__gte=0)
                & (Q(cash_minor__gt=0) | Q(bonus_minor__gt=0) | Q(owed_minor__gt=0)),
            ),
            models.CheckConstraint(
                name="sale_charge_vat_within",
                condition=Q(vat_minor__gte=0, vat_minor__lte=F("cash_minor") + F("owed_minor")),
            ),
            models.CheckConstraint(
                name="sale_charge_only_charges_are_owed", condition=Q(deed=SaleDeed.CHARGED.value) | Q(owed_minor=0)
            ),
        ]
        indexes = [models.Index(name="sale_charge_of_sale", fields=["shop_id", "sale_no"])]
