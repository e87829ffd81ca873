"""A question that was asked before is answered as if nobody had asked it."""

import random
from typing import Any

import pytest

from search.auction.ad_tokens import read_token
from search.auction.audiences import KNOWN_BUYER, MOBILE
from search.auction.contracts import Pace
from search.campaigns.contracts import CampaignKind, CampaignState, Charge, Targeting
from search.campaigns.models import Campaign
from search.campaigns.services import set_campaign_state, set_daily_budget
from search.serving.rules import finding
from search.serving.services import get_server
from search.serving.services.refreshing import follow_campaigns
from search.spending.services import get_key_ring
from tests.fixtures.serving import advertise, warm_up
from tests.search.serving.test_choosing import Street, sell_out, street  # noqa: F401 - a fixture

KEYWORD, DISPLAY = CampaignKind.KEYWORD, CampaignKind.DISPLAY
EVEN_HOURS = sum(1 << hour for hour in range(0, 168, 2))
STEPS = 40


def answer(street: Street, question: dict[str, Any]) -> list[tuple[int, int, str, int, int]]:  # noqa: F811
    """Who is shown where, at which price, by which lease."""
    shown = []
    for line in street.choose(**question).lines:
        for token in (line.click_token, line.view_token):
            read = read_token(token, get_key_ring(), now_second=int(street.now.timestamp()))
            shown.append((line.ad_id, line.place, line.kind.value, read.price_micro, read.lease))
    return shown


def list_questions(street: Street) -> list[dict[str, Any]]:  # noqa: F811
    mug = (street.offers[0].shop_id, street.offers[0].product_id)
    return [
        {},
        {"words": "青釉马克杯"},
        {"region": "31"},
        {"audiences": MOBILE},
        {"bought_at": frozenset({street.shops[1].shop_id})},
        {"bought_at": frozenset()},
        {"places": {KEYWORD: 2, DISPLAY: 2}},
        {"places": {KEYWORD: 1, DISPLAY: 2}},
        {"places": {DISPLAY: 2}},
        {"places": {DISPLAY: 2}, "product": mug},
        {"words": "茶壶"},
    ]


@pytest.mark.parametrize("seed", range(3))
def test_answers_are_what_they_would_be_whatever_happens_in_between(street: Street, seed: int) -> None:  # noqa: F811
    chance = random.Random(seed)
    first, second, third = street.offers
    campaigns = [
        advertise(first, "马克杯", now=street.now, targeting=Targeting(hours=EVEN_HOURS)),
        advertise(second, "马克杯", bid_minor=200, now=street.now),
        advertise(third, "马克杯", bid_minor=150, now=street.now, targeting=Targeting(regions=("31",))),
        advertise(third, "青釉马克杯", bid_minor=120, now=street.now),
        advertise(first, charge=Charge.MILLE, bid_minor=5_000, now=street.now),
        advertise(second, charge=Charge.MILLE, bid_minor=6_000, now=street.now),
        advertise(third, charge=Charge.MILLE, bid_minor=4_000, now=street.now),
    ]
    for number, audiences in ((1, KNOWN_BUYER), (5, MOBILE)):
        Campaign.objects.filter(pk=campaigns[number]).update(audiences=audiences)  # of too few people, in a test
    warm_up(street.now)
    state, questions = get_server().state, list_questions(street)
    different = set()

    def pause() -> None:
        number = chance.randrange(len(campaigns))
        target = chance.choice([CampaignState.PAUSED, CampaignState.RUNNING])
        shop_id = street.offers[(0, 1, 2, 2, 0, 1, 2)[number]].shop_id
        set_campaign_state(
            shop_id=shop_id, campaign_ids=[campaigns[number]], state=target, actor_id=1, now=street.now
        )  # fmt: skip
        follow_campaigns(state)  # and money is counted later

    def bid() -> None:
        advertise(chance.choice(street.offers), "马克杯", bid_minor=chance.randint(50, 400), now=street.now)
        warm_up(street.now)

    happenings = [
        lambda: None,
        lambda: street.clock.move(minutes=chance.choice([1, 14, 31, 60])),
        lambda: get_server().refresh(street.now),
        lambda: warm_up(street.now),
        pause,
        bid,
    ]
    for step in range(STEPS):
        sell_out(street, 0) if step == STEPS // 2 else chance.choice(happenings)()
        remembered = [[answer(street, question) for _ in range(2)] for question in questions]
        for question, known in zip(questions, remembered, strict=True):
            state.forget_answers()
            anew = answer(street, question)
            assert known == [anew, anew], (seed, step, question)
            different.add(tuple(anew))
        for question in chance.sample(questions, len(questions)):
            answer(street, question)
    assert len(different) > STEPS, "something happened"


def test_a_question_is_looked_into_once_but_not_while_a_draw_decides(street: Street, monkeypatch) -> None:  # noqa: F811
    looked: list[object] = []
    admit = finding._admit
    monkeypatch.setattr(finding, "_admit", lambda *given: looked.append(given) or admit(*given))
    advertise(street.offers[0], "马克杯", now=street.now)
    drawn = advertise(street.offers[1], "茶壶", pace=Pace.EVEN, now=street.now)
    warm_up(street.now)
    asked = [street.choose().lines for _ in range(3)]
    assert all(asked) and len(looked) == 1
    assert [list(campaigns) for campaigns in get_server().state.asked] == [[asked[0][0].campaign_id]] * 3
    assert get_server().state.money.paces[drawn].rate_ppm < 1_000_000
    for _ in range(3):
        street.choose("茶壶")
    assert len(looked) == 4
    get_server().refresh(street.now)
    street.choose()
    assert len(looked) == 5, "money was counted again"


def test_goods_that_sell_out_leave_every_campaign_also_when_one_of_them_changes_at_once(street: Street) -> None:  # noqa: F811
    changed, other = (advertise(street.offers[0], "马克杯", now=street.now) for _ in range(2))
    warm_up(street.now)
    assert street.choose().lines
    sell_out(street, 0)
    set_daily_budget(
        shop_id=street.shops[0].shop_id, campaign_id=changed, daily_budget_minor=30_000, actor_id=1, now=street.now
    )
    get_server().refresh(street.now)
    assert not street.choose().lines, f"campaign {other} holds the goods as they were"
