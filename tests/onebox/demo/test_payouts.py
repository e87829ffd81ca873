"""The demo's payouts come about as real ones do, once."""

from billing.checkout.services import confirm_receipt, ship_share
from billing.ledger.selectors import prove_ledger
from billing.ledger.tasks import post_requests
from billing.settlement.contracts import ChannelName, PayoutState
from billing.settlement.selectors import list_payouts
from billing.settlement.services import judge_shop
from onebox.demo.payouts import load_payouts
from tenants.orders.contracts import PaymentMethod
from tests.billing.checkout.conftest import BUYER, fair
from tests.console.conftest import settle

__all__ = ["fair"]


def test_a_shop_has_payouts_in_several_states_and_a_second_load_adds_none(fair, clock) -> None:
    fair.fill(0, 4)
    for share in fair.place(method=PaymentMethod.COD).shares:
        ship_share(
            shop_id=share.shop_id,
            share_no=share.share_no,
            carrier="顺丰速运",
            tracking_number="SF1",
            actor_id=900_001,
            now=clock.now,
        )
        confirm_receipt(share_no=share.share_no, buyer_id=BUYER, now=clock.now)
    tea = fair.shops[1]
    assert load_payouts(shop=tea, approver_ids=(800_001, 800_002), now=clock.now) == 3
    assert load_payouts(shop=tea, approver_ids=(800_001, 800_002), now=clock.now) == 0
    states = [payout.state for payout in list_payouts(shop_id=tea.shop_id)]
    assert states == [PayoutState.ASKED, PayoutState.FAILED, PayoutState.CONFIRMED]
    settle(clock.now)  # what the outbox tells afterwards changes nothing
    while post_requests(clock.now):
        pass
    assert prove_ledger().sound
    assert judge_shop(shop_id=tea.shop_id, channel=ChannelName.BANK, now=clock.now).allows


def test_a_shop_that_sold_nothing_only_has_its_account(fair, clock) -> None:
    assert load_payouts(shop=fair.shops[0], approver_ids=(800_001, 800_002), now=clock.now) == 0
    assert list_payouts(shop_id=fair.shops[0].shop_id) == []
