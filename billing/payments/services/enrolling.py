"""A shop's account at a provider."""

from datetime import datetime

from django.db import transaction

from billing.payments.gateways.registry import get_custody_gateway
from billing.payments.models import MerchantAccount
from billing.payments.services.guards import demand_no_transaction


def enrol_merchant(*, shop_id: int, shop_name: str, gateway: str, now: datetime) -> str:
    """Apply for the shop's account at a provider that keeps its money; the same account for a repeat.

    Calls the provider. Raises `NoCustody`, `ProviderError` (code `PENDING` while it is examined: call again later).
    """
    demand_no_transaction()
    known = MerchantAccount.objects.filter(shop_id=shop_id, gateway=gateway).first()
    if known is not None:
        return known.account
    account = get_custody_gateway(gateway).enrol_merchant(shop_id=shop_id, shop_name=shop_name)
    with transaction.atomic(durable=True):
        row, _ = MerchantAccount.objects.get_or_create(
            shop_id=shop_id, gateway=gateway, defaults={"account": account, "enrolled_at": now}
        )
    return row.account
