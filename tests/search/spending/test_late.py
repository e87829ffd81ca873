"""Clicks found invalid later: groups, findings, approval, credits in whole fen, each event once."""

from datetime import date, datetime, timedelta

import pytest

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger
from billing.settlement.services.days import business_date
from search.auction.ad_tokens import read_token
from search.auction.contracts import InvalidReason, ShownAd
from search.spending import selectors
from search.spending.contracts import CorrectionKind, FindingFilter, FindingState
from search.spending.models import AdEvent, Correction, Credit, DaySalt, Decision, Finding
from search.spending.services import (
    FindingDecided,
    FindingNotFound,
    approve_finding,
    close_hours,
    find_late_invalid,
    forget_old_days,
    get_key_ring,
    lookups,
    post_credits,
    purge_old,
    record_click,
    record_dwell,
    refuse_finding,
)
from tests.conftest import Clock
from tests.fixtures.ads import fund, lend, make_ad, show, visitor
from tests.fixtures.invalid_clicks import LATER, click_like_a_clock

SHOP, OTHER = 71, 72
STAFF = 900_900


@pytest.fixture
def now(clock: Clock, db: None) -> datetime:
    for shop in (SHOP, OTHER):
        fund(shop, 100_000, clock.now)
    return clock.now - timedelta(hours=6)


def read_cash(shop_id: int) -> int:
    return get_balance(code=Code.AD_WALLET_CASH, owner=Owner.of_shop(shop_id)).posted_minor


def test_clicks_at_regular_gaps_are_given_back_when_staff_approve(now: datetime, clock: Clock) -> None:
    click_like_a_clock(now, (SHOP, OTHER), count=60 // 2)
    close_hours(clock.now + timedelta(hours=2))
    assert (read_cash(SHOP), read_cash(OTHER)) == (100_000 - 1_500, 100_000 - 1_500)
    assert find_late_invalid(clock.now) == 2
    assert find_late_invalid(clock.now) == 0
    (finding,) = selectors.list_findings(FindingFilter(shop_id=SHOP))
    assert InvalidReason.REGULAR_GAPS in finding.reasons
    assert (finding.events, finding.evidence["clicks"]) == (15, 30)
    assert len(selectors.list_evidence(finding.finding_id)) == 15
    Finding.objects.update(state=FindingState.FOUND.value, decided_at=None)  # as if it were much
    assert post_credits(clock.now) == 0
    approve_finding(finding_id=finding.finding_id, note="clearly a script", actor_id=STAFF, now=clock.now)
    assert (post_credits(clock.now), post_credits(clock.now)) == (1, 0)
    assert (read_cash(SHOP), read_cash(OTHER)) == (100_000, 100_000 - 1_500)
    found = selectors.find_finding(finding.finding_id)
    assert found is not None and found.state is FindingState.POSTED
    assert set(Correction.objects.values_list("kind", "shop_id")) == {(CorrectionKind.CREDITED.value, SHOP)}
    assert Correction.objects.count() == 15
    assert selectors.sum_credited(shop_id=SHOP, since=finding.day, until=finding.day) == finding.amount_micro
    assert prove_ledger().sound
    with pytest.raises(FindingDecided):
        refuse_finding(finding_id=finding.finding_id, note="", actor_id=STAFF, now=clock.now)
    with pytest.raises(FindingNotFound):
        approve_finding(finding_id=0, note="", actor_id=STAFF, now=clock.now)


def test_a_refused_finding_is_not_found_again(now: datetime, clock: Clock) -> None:
    click_like_a_clock(now, [SHOP])
    find_late_invalid(clock.now)
    Finding.objects.update(state=FindingState.FOUND.value, decided_at=None)
    refuse_finding(finding_id=Finding.objects.get().pk, note="a family", actor_id=STAFF, now=clock.now)
    close_hours(clock.now + timedelta(hours=2))
    assert (find_late_invalid(clock.now), post_credits(clock.now)) == (0, 0)
    assert read_cash(SHOP) == 100_000 - 700


def test_a_small_finding_needs_no_staff_but_waits_for_its_hours(now: datetime, clock: Clock) -> None:
    click_like_a_clock(now, [SHOP])
    assert find_late_invalid(clock.now) == 1
    assert Finding.objects.get().state == FindingState.APPROVED
    assert post_credits(clock.now) == 0
    close_hours(clock.now + timedelta(hours=2))
    assert post_credits(clock.now) == 1
    assert read_cash(SHOP) == 100_000


def test_clicks_that_are_final_stay_charged(now: datetime, clock: Clock) -> None:
    click_like_a_clock(now, [SHOP])
    assert find_late_invalid(clock.now + timedelta(hours=72)) == 0


def test_people_who_click_now_and_then_are_left_alone(now: datetime, clock: Clock) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    lease = lend(ad, now)
    for number in range(12):
        at = now + timedelta(minutes=number * number)
        record_click(token=show(ad, lease.lease_id, at), facts=visitor(), now=at + LATER)
    assert find_late_invalid(clock.now) == 0


def test_pages_that_are_left_at_once_are_no_visits(now: datetime, clock: Clock) -> None:
    for number in range(6):
        at = now + timedelta(minutes=number * number * 3)
        ad = make_ad(shop_id=SHOP, now=at)
        token = show(ad, lend(ad, at).lease_id, at)
        record_click(token=token, facts=visitor(person="bouncer"), now=at + LATER)
        assert record_dwell(token=token, dwell_ms=200 + number, now=at + LATER)
        assert not record_dwell(token=token, dwell_ms=100, now=at + LATER)
    assert find_late_invalid(clock.now) == 1
    finding = Finding.objects.get()
    assert InvalidReason.NO_DWELL in finding.reasons
    assert finding.evidence["short_dwells"] == 6


def test_a_rivals_device_that_clicks_again_is_found(now: datetime, clock: Clock) -> None:
    for number in range(2):
        at = now + timedelta(minutes=37 * number)
        ad = make_ad(shop_id=SHOP, now=at)
        token = show(ad, lend(ad, at).lease_id, at)
        facts = visitor(person="rival", network="10.6.6.0/24", shop_ids=frozenset({OTHER}))
        assert record_click(token=token, facts=facts, now=at + LATER).billed
    assert find_late_invalid(clock.now) == 0  # a colleague of a shop that did not bid there
    Decision.objects.update(auction=f'{{"candidates":[{{"ad":1,"merchant":{OTHER},"quality":5}}]}}')
    assert find_late_invalid(clock.now) == 1
    assert Finding.objects.get().reasons == [InvalidReason.RIVAL_DEVICE]


def test_what_was_never_charged_needs_no_credit(now: datetime, clock: Clock) -> None:
    click_like_a_clock(now, [SHOP])
    find_late_invalid(clock.now)
    Decision.objects.all().delete()

    AdEvent.objects.update(decision_stored=False)
    close_hours(clock.now + timedelta(hours=2))
    assert post_credits(clock.now) == 0
    assert not Credit.objects.exists()
    assert Finding.objects.get().state == FindingState.POSTED
    assert read_cash(SHOP) == 100_000


def test_after_eight_days_nobody_can_tell_whose_clicks_they_were(now: datetime) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    record_click(
        token=show(ad, lend(ad, now).lease_id, now), facts=visitor(5, shop_ids=frozenset({OTHER})), now=now + LATER
    )
    today = business_date(now)
    purge_old(now=now + timedelta(days=8))
    assert selectors.name_person_on("person-5", [today])
    purge_old(now=now + timedelta(days=9))
    assert not selectors.name_person_on("person-5", [today])


def list_kept_days(today: date) -> list[date]:
    """The days around this one of which the process knows the salts."""
    return sorted(lookups._namers.find_many(today + timedelta(days=number) for number in range(-20, 40)))


def test_no_process_keeps_a_salt_for_longer(now: datetime) -> None:
    ad, today, long_after = make_ad(shop_id=SHOP, now=now), business_date(now), now + timedelta(days=9)
    token = show(ad, lend(ad, now).lease_id, now)
    record_click(token=token, facts=visitor(5), now=now + LATER)
    assert list_kept_days(today) == [today - timedelta(days=1), today]
    purge_old(now=long_after)
    again = record_click(token=token, facts=visitor(5), now=long_after)
    assert again.target is not None and again.target.ad_id == ad.ad_id, "it still leads there"
    assert again.reason == InvalidReason.TOKEN_EXPIRED
    assert not DaySalt.objects.filter(day__lte=today).exists(), "and no salt is made for its day again"
    record_click(token=show(ad, 0, long_after), facts=visitor(5), now=long_after + LATER)
    assert min(list_kept_days(today)) == today + timedelta(days=8)
    forget_old_days(today + timedelta(days=30))
    assert not list_kept_days(today)


def test_tokens_of_an_old_key_verify_while_it_is_in_the_ring(now: datetime, settings: object) -> None:
    ad = make_ad(shop_id=SHOP, now=now)
    token = show(ad, lend(ad, now).lease_id, now)
    old = settings.AD_TOKEN_KEYS[0]  # type: ignore[attr-defined]
    settings.AD_TOKEN_KEYS = ["2:" + "n" * 40, old]  # type: ignore[attr-defined]
    assert get_key_ring().current == 2
    assert isinstance(read_token(token, get_key_ring(), now_second=0), ShownAd)
    assert record_click(token=token, facts=visitor(), now=now + LATER).billed
    settings.AD_TOKEN_KEYS = ["2:" + "n" * 40]  # type: ignore[attr-defined]
    assert record_click(token=token, facts=visitor(), now=now + LATER).reason == InvalidReason.TOKEN_BAD
