"""When a sale's money is free: the shop's days, its reserve, and what happens when something breaks on the way."""

import pytest

from billing.ledger.contracts import HoldState
from billing.ledger.models import Hold, PostingRequest
from billing.ledger.selectors import prove_ledger
from billing.ledger.services import expire_holds
from billing.payments.contracts import ProviderError
from billing.settlement.contracts import ReleaseState, ReserveState
from billing.settlement.models import Release, Reserve, ShopTerms
from billing.settlement.selectors import get_shop_terms, list_own_terms, list_reserves, sum_waiting_reserves_minor
from billing.settlement.services import (
    BadTerms,
    hold_reserves,
    note_share,
    record_provider_settled,
    release_due,
    releases,
    set_shop_terms,
)
from market.audit.models import AuditEntry
from tenants.orders.contracts import SELF_DELIVERY, PaymentMethod, ShareCompleted
from tests.billing.settlement.sales import (
    SHOP,
    STAFF,
    deliver,
    payable,
    post_all,
    refund,
    release_of,
    remit,
    sell,
    sold,
)


def agree(clock, *, shop_id=SHOP, days=None, reserve=0, reserve_days=0):
    return set_shop_terms(
        shop_id=shop_id,
        release_days=days,
        reserve_bps=reserve,
        reserve_days=reserve_days,
        note="new shop",
        actor_id=STAFF,
        now=clock.now,
    )


def test_money_is_free_at_once_where_nothing_was_agreed(db, clock):
    sell("S-1", clock.now)
    assert release_of("S-1").state == ReleaseState.RELEASED.value
    assert payable().available_minor == 5_000 - 200 - 250


def test_money_waits_for_the_shops_days_and_counts_from_the_final_sale(db, clock):
    agree(clock, days=7)
    share = sold("S-1")
    deliver(share, clock.now)
    note_share(share=share, completed=True, now=clock.now)
    assert release_of("S-1").due_at is None, "a carrier has the cash: nothing happens by itself"
    remit(share, clock.move(days=2))
    post_all(clock.now)
    assert payable().posted_minor == 0 and release_due(now=clock.now) == 0
    assert release_due(now=clock.move(days=4, hours=23)) == 0
    assert release_due(now=clock.move(hours=1)) == 1
    assert release_due(now=clock.now) == 0
    post_all(clock.now)
    assert payable().available_minor == 4_550 and prove_ledger().cleared


def test_a_carrier_that_remits_after_the_days_releases_at_once(db, clock):
    agree(clock, days=3)
    share = sold("S-1")
    deliver(share, clock.now)
    note_share(share=share, completed=True, now=clock.now)
    remit(share, clock.move(days=5))
    assert release_of("S-1").state == ReleaseState.RELEASED.value


def test_commission_on_cash_that_the_shop_has_does_not_wait(db, clock):
    agree(clock, days=30, reserve=1_000, reserve_days=10)
    note_share(share=sold("S-1", carrier=SELF_DELIVERY), completed=True, now=clock.now)
    assert release_of("S-1").state == ReleaseState.RELEASED.value and not Reserve.objects.exists()


def test_the_platforms_days_hold_unless_a_shop_has_its_own(db, clock, settings):
    settings.RELEASE_DAYS = 5
    assert get_shop_terms(SHOP).release_days == 5 and get_shop_terms(SHOP).own_release_days is None
    assert agree(clock, days=0).release_days == 0
    sell("S-1", clock.now)
    sell("S-2", clock.now, shop_id=42)
    assert release_of("S-1").state == ReleaseState.RELEASED.value
    assert release_of("S-2").state == ReleaseState.WAITING.value
    assert [terms.shop_id for terms in list_own_terms()] == [SHOP]


@pytest.mark.parametrize("parts", [{"days": 366}, {"days": -1}, {"reserve": 10_001, "reserve_days": 1}, {"reserve": 5}])
def test_terms_that_cannot_be_are_refused(db, clock, parts):
    with pytest.raises(BadTerms):
        agree(clock, **parts)
    assert not ShopTerms.objects.exists() and not AuditEntry.objects.exists()


def test_the_same_terms_again_leave_no_second_line_in_the_trail(db, clock):
    for _ in range(2):
        agree(clock, days=3, reserve=500, reserve_days=10)
    assert AuditEntry.objects.filter(action="shop.terms").count() == 1


def test_part_of_each_release_is_held_until_its_day_and_then_free_by_itself(db, clock):
    agree(clock, reserve=1_000, reserve_days=10)
    sell("S-1", clock.now)
    assert sum_waiting_reserves_minor(SHOP) == 455
    assert hold_reserves(now=clock.now) == 1 and hold_reserves(now=clock.now) == 0
    assert sum_waiting_reserves_minor(SHOP) == 0
    assert (payable().posted_minor, payable().held_minor, payable().available_minor) == (4_550, 455, 4_095)
    (reserve,) = list_reserves(shop_id=SHOP, now=clock.now)
    assert (reserve.held_minor, reserve.state, (reserve.until - clock.now).days) == (455, ReserveState.HELD, 10)
    assert list_reserves(shop_id=42, now=clock.now) == []
    assert expire_holds(clock.move(days=10)) == 1
    assert payable().available_minor == 4_550 and list_reserves(shop_id=SHOP, now=clock.now) == []
    assert Hold.objects.get(key=reserve.hold_key).state == HoldState.EXPIRED and prove_ledger().sound


def test_a_reserve_waits_until_its_release_is_in_the_books(db, clock):
    agree(clock, reserve=1_000, reserve_days=10)
    share = sold("S-1")
    deliver(share, clock.now)
    remit(share, clock.now)
    note_share(share=share, completed=True, now=clock.now)
    assert hold_reserves(now=clock.now) == 0
    post_all(clock.now)
    assert hold_reserves(now=clock.now) == 1


def test_a_reserve_takes_what_is_left_after_a_refund_and_nothing_below_zero(db, clock):
    agree(clock, reserve=10_000, reserve_days=10)
    sell("S-1", clock.now)
    refund("S-1", 4_000, clock.now)
    assert hold_reserves(now=clock.now) == 1
    assert payable().held_minor == 550 and Reserve.objects.get().held_minor == 550
    sell("S-2", clock.now, shop_id=42)
    agree(clock, shop_id=42, reserve=500, reserve_days=10)
    sell("S-3", clock.now, shop_id=42)
    refund("S-3", 20_000, clock.now, shop_id=42)
    assert hold_reserves(now=clock.now) == 1
    assert Reserve.objects.get(share_no="S-3").state == ReserveState.NONE.value and prove_ledger().sound


def test_a_refund_may_take_the_account_down_and_the_hold_stays(db, clock):
    agree(clock, reserve=5_000, reserve_days=10)
    sell("S-1", clock.now)
    hold_reserves(now=clock.now)
    refund("S-1", 4_000, clock.now)
    assert (payable().posted_minor, payable().held_minor) == (550, 2_275)
    assert prove_ledger().sound


def test_a_reserve_whose_day_has_come_before_it_was_held_is_not_held(db, clock):
    agree(clock, reserve=1_000, reserve_days=1)
    sell("S-1", clock.now)
    assert hold_reserves(now=clock.move(days=2)) == 1
    assert Reserve.objects.get().state == ReserveState.NONE.value and payable().held_minor == 0


def custody(share_no: str, commission: int = 50) -> ShareCompleted:
    return ShareCompleted(share_no, SHOP, PaymentMethod.WECHATPAY, 1_000, commission, 600, "CNY", "", commission // 18)


def test_one_share_in_trouble_does_not_hold_up_the_others(db, clock, monkeypatch):
    """The worst: an error that nobody foresaw, on the share that comes first."""
    for share_no in ("W-1", "W-2", "W-3"):
        note_share(share=custody(share_no), completed=True, now=clock.now)
    monkeypatch.setattr(releases, "split_share", _split)
    monkeypatch.setattr(releases, "unfreeze_share", lambda **_: True)
    with pytest.raises(ZeroDivisionError):
        release_due(now=clock.now)
    assert release_due(now=clock.now) == 1
    states = dict(Release.objects.values_list("share_no", "state"))
    assert states == {"W-1": "waiting", "W-2": "waiting", "W-3": "released"}
    assert release_of("W-2").error == "ProviderError: away"
    assert release_of("W-1").due_at > clock.now, "taken up again later"


def _split(*, share_no: str, **_: object) -> bool:
    if share_no == "W-1":
        raise ZeroDivisionError
    if share_no == "W-2":
        raise ProviderError("away")
    return True


def test_a_worker_that_dies_between_two_steps_leaves_nothing_undone_or_done_twice(db, clock, monkeypatch):
    note_share(share=custody("W-1"), completed=True, now=clock.now)
    monkeypatch.setattr(releases, "split_share", lambda **_: True)
    monkeypatch.setattr(releases, "unfreeze_share", lambda **_: True)

    class Killed(BaseException):
        pass

    steps = ["_book_split", "unfreeze_share", "_book_released"]
    for step in steps:
        with monkeypatch.context() as dying:
            dying.setattr(releases, step, lambda *_, **__: (_ for _ in ()).throw(Killed()))
            with pytest.raises(Killed):
                release_due(now=clock.move(hours=2))
        assert release_of("W-1").state != "released"
    assert release_due(now=clock.move(hours=2)) == 1 and release_due(now=clock.move(hours=2)) == 0
    keys = PostingRequest.objects.values_list("key", flat=True)
    assert sorted(keys) == ["released:W-1", "split:W-1"]


def test_two_workers_take_a_release_once(db, clock, monkeypatch):
    note_share(share=custody("W-1", commission=0), completed=True, now=clock.now)
    calls = []

    def unfreeze(**_: object) -> bool:
        calls.append(release_due(now=clock.now))  # the other worker, meanwhile
        return True

    monkeypatch.setattr(releases, "unfreeze_share", unfreeze)
    assert release_due(now=clock.now) == 1 and calls == [0]


def test_an_event_from_before_tax_was_frozen_is_still_understood(db, clock):
    note_share(
        share=ShareCompleted("S-1", SHOP, PaymentMethod.WECHATPAY, 1_000, 600, 600, "CNY", ""),
        completed=True,
        now=clock.now,
    )
    assert release_of("S-1").commission_vat_minor == 34


def test_a_providers_settlement_twice_is_one(db, clock):
    for _ in range(2):
        record_provider_settled(
            psp="wechatpay", reference="B-1", amount_minor=600, bank_account="main", actor_id=STAFF, now=clock.now
        )
    assert PostingRequest.objects.count() == 1
