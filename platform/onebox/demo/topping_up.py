"""Money on the advertising balances of the demo's shops: it came through the provider, and is settled a day later."""

from datetime import datetime, timedelta

from django.conf import settings

from billing.ledger.tasks import post_requests
from billing.payments.contracts import PaidShare, ProviderReport
from billing.payments.rules import name_own_psp, provider_fee_minor
from billing.settlement.services import bank_account, record_provider_settled
from billing.wallets.services import open_top_up, settle_top_up
from market.money import DEFAULT_CURRENCY
from market.shops.contracts import ShopContext

GATEWAY = "wechatpay"
SETTLED_AFTER = timedelta(days=1)


def top_up(shop: ShopContext, *, amount_minor: int, key: str, staff_id: int, at: datetime) -> None:
    """As when the provider tells that it was paid, and pays us a day later. Once under its key."""
    opened = open_top_up(
        shop_id=shop.shop_id, amount_minor=amount_minor, gateway=GATEWAY, key=key, actor_id=shop.owner_id, now=at
    )
    paid = PaidShare(
        share_no=opened.number,
        merchant_account=str(settings.WECHATPAY["own_mchid"]),
        transaction_id=f"demo-{opened.number}",
        amount_minor=amount_minor,
        paid_at=at,
    )
    report = ProviderReport(opened.payment_no, paid=True, closed=False, currency=DEFAULT_CURRENCY, shares=(paid,))
    if settle_top_up(report=report, now=at):
        post_requests(at)
        record_provider_settled(
            psp=name_own_psp(GATEWAY),
            reference=f"demo-{opened.number}",
            amount_minor=amount_minor - provider_fee_minor(GATEWAY, amount_minor),
            bank_account=bank_account(),
            actor_id=staff_id,
            now=at + SETTLED_AFTER,
        )
        post_requests(at + SETTLED_AFTER)
