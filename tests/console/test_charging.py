"""How charging stands: one clear verdict, hours with their proofs, what is not charged yet, and every charge."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils.translation import override

from billing.ledger.contracts import PosterHealth
from console.charging.verdict import judge
from market.outbox.contracts import OutboxHealth
from search.spending.contracts import ChargingHealth, LeaseCount
from search.spending.models import AdEvent, HourCharge
from search.spending.rules.days import floor_hour
from search.spending.selectors import list_unclosed_hours, sum_hours
from search.spending.services import close_due_leases, close_hours, prove_hours, record_click
from tests.console.conftest import park_event, park_request
from tests.console.test_pages import CHINESE, count_statements, words_of
from tests.fixtures.ads import MICRO, fund, lend, make_ad, show, visitor
from tests.fixtures.invalid_clicks import LATER

HEALTH, CHARGES = "/ads/charging/", "/ads/charges/"
OUTBOX, POSTER = OutboxHealth(0, 0.0, 0, 0), PosterHealth(0, 0.0, 0, 0)


@pytest.fixture
def shops(make_shop) -> tuple[int, int]:
    return make_shop("alpha").shop_id, make_shop("beta", owner_id=900_002).shop_id


def tones(page) -> list[str]:
    """Of the verdicts, without those of partitions: a database of tests has none for today."""
    return [verdict.tone for verdict in page.context["verdicts"] if "make_ad_partitions" not in verdict.sentence]


def click(shop_id: int, at: datetime, *, price_minor: int = 37) -> None:
    """A click that costs so much."""
    ad = make_ad(shop_id=shop_id, now=at)
    token = show(ad, lend(ad, at).lease_id, at, price_micro=price_minor * MICRO)
    assert record_click(token=token, facts=visitor(), now=at + LATER).billed


@pytest.fixture
def charged(shops) -> HourCharge:
    """Two shops' clicks of the hour before the last, charged and proven; one of this hour, which is not."""
    now = datetime.now(UTC)
    hour = floor_hour(now) - timedelta(hours=2)
    for shop_id in shops:
        fund(shop_id, 10_000, hour)
        click(shop_id, hour + timedelta(minutes=5))
        click(shop_id, hour + timedelta(minutes=9), price_minor=41)
    close_due_leases(now)
    close_hours(now)
    prove_hours(now)
    fund(shops[0], 10_000, now)  # two hours ago may be yesterday, which still holds what it had
    click(shops[0], now)
    return HourCharge.objects.get(shop_id=shops[0])


def test_an_empty_page_is_well_and_speaks_both_languages(db, enter) -> None:
    staff = enter()
    for path in (HEALTH, CHARGES):
        page = words_of(staff.get(path, "zh-CN").content.decode())
        assert CHINESE.search(page) and "charge" not in page
    assert "Nothing was charged yet" in staff.get(CHARGES).content.decode()
    assert "No charge is like that" in staff.get(CHARGES, trouble="broken").content.decode()


def test_the_page_says_whether_networks_of_data_centres_are_known(db, enter, settings) -> None:
    staff, said = enter(), {"en": "No list of data centres' networks is loaded", "zh-CN": "没有载入机房网段名单"}
    for networks in ([], ["198.51.100.0/24", "2001:db8::/32"]):
        settings.DATA_CENTRE_NETWORKS = networks
        for language, sentence in said.items():
            page = words_of(unescape(staff.get(HEALTH, language).content.decode()))
            assert (sentence in page) == (not networks), (networks, language)


def test_hours_stand_with_their_sums_and_proofs_and_what_is_not_charged_beside(charged, enter) -> None:
    page = enter().get(HEALTH)
    assert set(tones(page)) <= {"good"}
    ((hour, billed, day),) = page.context["hours"]
    assert (hour.charges, hour.events, billed, hour.amount_minor) == (2, 4, "1.56", 156)
    assert (hour.unproven, hour.broken, hour.freed) == (0, 0, 0)
    ((unclosed, amount, runs),) = page.context["unclosed"]
    assert (unclosed.shops, unclosed.events, amount, runs) == (1, 1, "0.37", True)
    assert f'href="/ads/charges/?day={day.isoformat()}"' in page.content.decode()


def test_a_charge_that_is_not_the_sum_of_its_events_is_cried_out(charged, enter) -> None:
    AdEvent.objects.filter(charge_id=charged.pk).update(billed_micro=1, price_micro=1)
    HourCharge.objects.filter(pk=charged.pk).update(proven_at=None)
    staff = enter()
    assert tones(staff.get(HEALTH)) == ["warn"]
    prove_hours(datetime.now(UTC))
    page = staff.get(HEALTH)
    assert tones(page) == ["bad"]
    assert "The proof of 1 charge fails" in page.content.decode()
    (broken,) = staff.get(CHARGES, trouble="broken").context["hours"]
    assert broken.charge_id == charged.pk
    assert "The proof fails:" in staff.get(f"{CHARGES}{charged.pk}/").content.decode()


def test_a_charge_adds_up_and_leads_to_its_postings_auctions_and_shop(charged, enter) -> None:
    page = enter().get(f"{CHARGES}{charged.pk}/").content.decode()
    said = " ".join(words_of(page).split())
    for words in ("2 events ¥0.78", "Carried in + ¥0.00", "Charged ¥0.78", "Of it cash ¥0.78", "ad_clicks_charged"):
        assert words in said.replace("less than a fen ", ""), words
    assert page.count(f'href="/ads/auctions/{charged.day.isoformat()}/') == 2
    assert f'href="/ads/advertisers/{charged.shop_id}/"' in page
    assert f'href="/ledger/transactions/{charged.transaction_ids[0]}/"' in page


def test_charges_are_found_by_shop_day_kind_and_proof(charged, shops, enter) -> None:
    staff = enter()

    def ask(**query: object) -> list[int]:
        return [hour.shop_id for hour in staff.get(CHARGES, **query).context["hours"]]

    assert sorted(ask()) == sorted(shops) and ask(shop=shops[1]) == [shops[1]]
    assert len(ask(day=charged.day.isoformat(), kind="click")) == 2
    assert ask(kind="view") == ask(trouble="unproven") == ask(day="2020-01-01") == []


@pytest.mark.parametrize(
    "path", [f"{CHARGES}?day=soon", f"{CHARGES}?kind=hour", f"{CHARGES}?trouble=much", f"{CHARGES}999999/"]
)
def test_what_is_not_there_is_not_found(db, enter, path) -> None:
    assert enter().get(path).status_code == 404


def test_more_hours_ask_no_more_statements(charged, shops, enter) -> None:
    staff = enter()
    before = count_statements(staff, HEALTH), count_statements(staff, CHARGES)
    for number in range(3, 6):
        at = floor_hour(datetime.now(UTC)) - timedelta(hours=number)
        fund(shops[1], 10_000, at)  # a day holds all the money there is, also against the day before
        click(shops[1], at)
    assert len(list_unclosed_hours(now=datetime.now(UTC))) == 4
    close_hours(datetime.now(UTC))
    prove_hours(datetime.now(UTC))
    now = datetime.now(UTC)
    assert len(sum_hours(since=now - timedelta(days=1), until=now)) == 4
    assert (count_statements(staff, HEALTH), count_statements(staff, CHARGES)) == before


def test_parked_work_is_part_of_the_verdict(db, enter, clock) -> None:
    park_request(clock.now)
    park_event(clock.now)  # not of search: another page tells of it
    page = enter().get(HEALTH)
    assert tones(page) == ["warn"] and "1 piece of work is parked" in page.content.decode()


@pytest.mark.parametrize(
    "wrong, tone, words",
    [
        ({}, "good", "Charging is well"),
        ({"lag_seconds": 7_200}, "bad", "behind by 2 h"),
        ({"lag_seconds": 7_199}, "good", "Charging is well"),
        ({"misplaced_rows": 3}, "bad", "3 events lie outside"),
        ({"partitions_until": None}, "bad", "no table for today"),
        ({"partitions_until": -1}, "bad", "no table for today"),
        ({"partitions_until": 2}, "warn", "tables for events until"),
        ({"unproven_hours": 1}, "warn", "1 charge is not proven"),
        ({"broken_hours": (4, 5)}, "bad", "2 charges fails"),
    ],
)
def test_the_verdict_names_what_is_wrong(clock, wrong, tone, words) -> None:
    today = clock.now.date()
    if isinstance(wrong.get("partitions_until"), int):
        wrong = {"partitions_until": today + timedelta(days=wrong["partitions_until"])}
    facts = {
        "uncharged_events": 0, "oldest_uncharged_at": None, "lag_seconds": 0, "carry_micro": 0, "unproven_hours": 0,
        "broken_hours": (), "findings_waiting": 0, "leases_overdue": 0, "open_days": 0,
        "partitions_until": today + timedelta(days=9), "misplaced_rows": 0, **wrong,
    }  # fmt: skip
    quiet = LeaseCount(0, 0, 0, 0, None)
    with override("en"):
        (verdict,) = judge(ChargingHealth(**facts), quiet, OUTBOX, POSTER, now=clock.now)
    assert verdict.tone == tone and words in verdict.sentence


def test_leases_that_nobody_closed_are_told(clock) -> None:
    health = ChargingHealth(
        uncharged_events=0, oldest_uncharged_at=None, lag_seconds=0, carry_micro=0, unproven_hours=0, broken_hours=(),
        findings_waiting=0, leases_overdue=2, open_days=0, partitions_until=clock.now.date() + timedelta(days=9),
        misplaced_rows=0,
    )  # fmt: skip
    with override("en"):
        (verdict,) = judge(health, LeaseCount(5, 2, 10, 3, clock.now), OUTBOX, POSTER, now=clock.now)
    assert verdict.tone == "warn" and "2 leases are over" in verdict.sentence
