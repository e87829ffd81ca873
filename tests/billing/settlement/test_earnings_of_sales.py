"""What real sales earn, from the buyer's payment to the release, and by own delivery: as the books say."""

from billing.checkout.services import check_payment, confirm_receipt, ship_share, start_paying
from billing.settlement.contracts.earnings import EarningPart, MoneyPlace
from billing.settlement.selectors import find_release
from billing.settlement.selectors.earnings import list_earnings
from billing.settlement.services.releases import release_due
from merchant_portal.money.earnings import find_kept
from tenants.orders.contracts import SELF_DELIVERY, PaymentMethod
from tests.billing.checkout.conftest import BUYER, fair
from tests.console.conftest import settle

__all__ = ["fair"]


def receive(share, fair, clock, carrier: str = "顺丰速运") -> None:
    ship_share(
        shop_id=share.shop_id,
        share_no=share.share_no,
        carrier=carrier,
        tracking_number="SF1",
        actor_id=900_001,
        now=clock.now,
    )
    confirm_receipt(share_no=share.share_no, buyer_id=BUYER, now=clock.now)
    settle(clock.now)


def test_a_sale_by_wechat_is_followed_to_the_shops_account(fair, wechat_settings, clock, settings) -> None:
    settings.RELEASE_DAYS = 0
    fair.fill(1, 1)
    purchase = fair.place()
    start_paying(payment_no=purchase.payment_no, now=clock.now)
    assert wechat_settings.pay(purchase.payment_no) == "paid"
    assert check_payment(payment_no=purchase.payment_no, now=clock.now)
    settle(clock.now)
    for share, (total, fee) in zip(purchase.shares, ((1_000, 6), (9_000, 54)), strict=True):
        earned = list_earnings(shop_id=share.shop_id, share_nos=[share.share_no])[share.share_no]
        assert earned.parts == {EarningPart.PAID: total, EarningPart.PROVIDER_FEE: -fee}
        assert earned.place is MoneyPlace.CUSTODY
    share = purchase.shares[1]
    receive(share, fair, clock)
    clock.move(minutes=5)
    while release_due(now=clock.now):
        settle(clock.now)
        clock.move(minutes=5)
    settle(clock.now)
    release = find_release(share.share_no)
    earned = list_earnings(shop_id=share.shop_id, share_nos=[share.share_no])[share.share_no]
    assert release and earned.part(EarningPart.COMMISSION) == -release.commission_minor
    assert earned.commission_vat_minor == release.commission_vat_minor
    assert earned.net_minor == 9_000 - 54 - release.commission_minor == earned.handed_over_minor
    assert earned.place is MoneyPlace.PROVIDER_WALLET


def test_cash_that_the_shop_took_itself_counts_beside_the_books(fair, clock) -> None:
    fair.fill(1, 0)
    share = fair.place(method=PaymentMethod.COD).shares[0]
    receive(share, fair, clock, SELF_DELIVERY)
    release = find_release(share.share_no)
    earned = list_earnings(shop_id=share.shop_id, share_nos=[share.share_no])[share.share_no]
    assert release and earned.parts == {EarningPart.COMMISSION: -release.commission_minor}
    assert find_kept(share, earned, release) == share.total_minor
