"""One shop's cash comes in and part of it goes on to its bank: payouts in every state that somebody may want to see.

Through the services that real staff use; a second time changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from billing.checkout.selectors import get_share_terms, list_shop_shares
from billing.ledger.tasks import post_requests
from billing.settlement.contracts import AccountKind, BankAccountDraft, CarryReport, CarryState, ChannelName, PayoutView
from billing.settlement.selectors import list_payouts, read_shop_money
from billing.settlement.services import (
    NoCashExpected,
    approve_payout,
    ask_payout,
    bank_account,
    make_batch,
    note_share,
    record_bank_answer,
    record_cash_remitted,
    set_bank_account,
)
from market.shops.contracts import ShopContext
from market.shops.tenancy import enter_shop
from tenants.orders.contracts import SELF_DELIVERY, OrderState, PaymentMethod, ShareCompleted
from tenants.orders.selectors import get_order

ACCOUNT = BankAccountDraft(
    AccountKind.COMPANY, "杭州青禾生活用品有限公司", "招商银行", "杭州文三支行", "308331012345", "571907654310801"
)
NAMED_BEFORE = timedelta(days=20)
LEAST_MINOR = 20_000
MOST_ORDERS = 60


def load_payouts(*, shop: ShopContext, approver_ids: tuple[int, int], now: datetime) -> int:
    """Bring a shop's cash in and pay some of it out. Returns how many payouts were made; none where some are."""
    if list_payouts(shop_id=shop.shop_id, limit=1):
        return 0
    set_bank_account(shop_id=shop.shop_id, draft=ACCOUNT, actor_id=shop.owner_id, now=now - NAMED_BEFORE)
    for share in list(_list_sold(shop)):
        _bring_cash(share, approver_ids[0], now)
    while post_requests(now):
        pass
    free_minor = read_shop_money(shop_id=shop.shop_id, now=now).free_minor
    if free_minor < LEAST_MINOR:
        return 0
    arrived, refused = (_ask(shop, free_minor // part, now) for part in (3, 8))
    for payout in (arrived, refused):
        for person in approver_ids:
            approve_payout(number=payout.number, actor_id=person, now=now)
    make_batch(actor_id=approver_ids[0], key=f"demo-{shop.slug}", now=now)
    answers = (
        CarryReport(arrived.number, CarryState.ARRIVED, f"CMB{now:%Y%m%d}000001"),
        CarryReport(refused.number, CarryState.FAILED, "", "收款行系统维护，请次日重试"),
    )
    for report in answers:
        record_bank_answer(number=report.number, report=report, actor_id=approver_ids[0], now=now)
    waiting = _ask(shop, free_minor // 5, now)
    approve_payout(number=waiting.number, actor_id=approver_ids[0], now=now)
    return 3


def _list_sold(shop: ShopContext) -> Iterator[ShareCompleted]:
    """Orders whose sale is final and whose cash a carrier took."""
    for _, share in list_shop_shares(shop_id=shop.shop_id, limit=MOST_ORDERS):
        if share.method is not PaymentMethod.COD or share.state is not OrderState.COMPLETED:
            continue
        with transaction.atomic(), enter_shop(shop):
            parcels = get_order(share.share_no).parcels
        carrier = parcels[-1].carrier
        if carrier == SELF_DELIVERY:
            continue
        terms = get_share_terms(share_no=share.share_no, shop_id=shop.shop_id)
        yield ShareCompleted(
            share_no=share.share_no,
            shop_id=shop.shop_id,
            method=share.method,
            total_minor=terms.total_minor,
            commission_minor=terms.commission_minor,
            commission_vat_bps=0,
            currency=terms.currency,
            carrier=carrier,
            commission_vat_minor=terms.commission_vat_minor,
        )


def _bring_cash(share: ShareCompleted, actor_id: int, now: datetime) -> None:
    """What the outbox would tell settlement in a moment, and the carrier's remittance."""
    note_share(share=share, completed=True, now=now)
    try:
        record_cash_remitted(
            share_no=share.share_no, fee_minor=0, bank_account=bank_account(), actor_id=actor_id, now=now
        )
    except NoCashExpected:
        return  # an earlier load was broken off after this one


def _ask(shop: ShopContext, amount_minor: int, now: datetime) -> PayoutView:
    return ask_payout(
        shop_id=shop.shop_id,
        channel=ChannelName.BANK,
        amount_minor=amount_minor,
        actor_id=shop.owner_id,
        key=f"demo-{amount_minor}",
        now=now,
    )
