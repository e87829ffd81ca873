"""A shop that is not open takes no part, whatever it shows, and does again as soon as it opens."""

from dataclasses import replace
from typing import Any

import pytest

from billing.settlement.services.days import business_date
from market.shops.services import approve_shop, suspend_shop
from search.auction.ad_tokens import read_token
from search.campaigns.contracts import CampaignKind, Charge, GroupDraft, PageKind
from search.campaigns.services import create_campaign, decide_creative, set_daily_budget, upload_creative
from search.serving.contracts import AdAsk
from search.serving.models import BidSpan
from search.serving.services import choose_ads, forget_server, get_server, move_reserves, refreshing
from search.serving.services.refreshing import follow_goods
from search.spending.services import get_key_ring
from tests.fixtures.ads import fund
from tests.fixtures.serving import DRAFT, advertise, warm_up
from tests.search.campaigns.conftest import draw
from tests.search.serving.test_choosing import Street, street  # noqa: F401 - a fixture

DISPLAY = CampaignKind.DISPLAY
ALONE, WITH_A_RIVAL = 200, 810
"""What a thousand views cost alpha: the floor, or 0.10 above what beta bids for its picture."""


@pytest.fixture
def picture(street: Street, settings: Any, tmp_path: Any) -> int:  # noqa: F811
    """Beta's campaign with a picture of its own, below alpha's mug; both are lent money."""
    settings.MEDIA_ROOT = tmp_path / "media"
    beta, now = street.shops[1], street.now
    fund(beta.shop_id, 100_000, now)
    creative_id = upload_creative(
        shop=beta, title="周末的杯子", content=draw(1_200, 400), file_name="cups.png", landing=f"/shop/{beta.slug}/",
        actor_id=1, now=now,
    )  # fmt: skip
    decide_creative(creative_id=creative_id, approved=True, reason="", actor_id=1, now=now)
    advertise(street.offers[0], bid_minor=1_000, charge=Charge.MILLE, now=now)
    campaign_id = create_campaign(
        shop_id=beta.shop_id,
        key="picture",
        draft=replace(DRAFT, kind=DISPLAY, starts_on=business_date(now)),
        group=GroupDraft(name="组", bid_minor=800, charge=Charge.MILLE, creative_ids=(creative_id,)),
        runs=True,
        actor_id=1,
        now=now,
    )
    warm_up(now)
    return campaign_id


def suspend(street: Street) -> None:  # noqa: F811
    suspend_shop(shop_id=street.shops[1].shop_id, actor_id=1, reason="资质过期", now=street.now)


def follow() -> None:
    """What the thread does every two seconds."""
    follow_goods(get_server().state, everything=False)


def look(street: Street) -> list[tuple[int, int]]:  # noqa: F811
    """Who is shown on the first page of the market, and what a thousand views cost each."""
    second = int(street.now.timestamp())
    ads = choose_ads(ask=AdAsk(page=PageKind.HOME, places={DISPLAY: 2}, network="10.0.0.0/24"), now=street.now)
    return [
        (line.shop_id, read_token(line.view_token, get_key_ring(), now_second=second).price_micro // 1_000)
        for line in ads.lines
    ]


def test_a_suspended_shops_picture_raises_nobodys_price_until_the_shop_opens_again(
    street: Street,  # noqa: F811
    picture: int,
) -> None:
    alpha, beta = (shop.shop_id for shop in street.shops[:2])
    both = [(alpha, WITH_A_RIVAL), (beta, ALONE)]
    assert look(street) == both
    suspend(street)
    follow()
    assert look(street) == [(alpha, ALONE)], "what was remembered of the page is forgotten too"
    approve_shop(shop_id=beta, actor_id=1, now=street.now)
    follow()
    assert look(street) == both


def test_a_suspended_shop_stays_out_when_its_campaign_changes_or_a_process_begins(
    street: Street,  # noqa: F811
    picture: int,
) -> None:
    alpha, beta = (shop.shop_id for shop in street.shops[:2])
    suspend(street)
    follow()
    set_daily_budget(shop_id=beta, campaign_id=picture, daily_budget_minor=30_000, actor_id=1, now=street.now)
    get_server().refresh(street.now)
    assert look(street) == [(alpha, ALONE)]
    forget_server()
    warm_up(street.now)
    assert look(street) == [(alpha, ALONE)]
    approve_shop(shop_id=beta, actor_id=1, now=street.now)
    warm_up(street.now)
    assert look(street) == [(alpha, WITH_A_RIVAL), (beta, ALONE)]


def test_what_a_suspended_shop_would_bid_is_not_noted_for_reserves(street: Street) -> None:  # noqa: F811
    for offer in street.offers:
        advertise(offer, "马克杯", money_minor=0, now=street.now)
    suspend(street)
    move_reserves(street.now)
    noted = set(BidSpan.objects.values_list("shop_id", flat=True))
    assert noted == {street.shops[0].shop_id, street.shops[2].shop_id}


def test_while_no_shop_changes_nobody_asks_which_are_open(
    street: Street,  # noqa: F811
    picture: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state, asked = get_server().state, []
    list_closed, list_of_shops = refreshing.list_closed_shop_ids, state.index.list_of_shops
    monkeypatch.setattr(
        refreshing, "list_closed_shop_ids", lambda epochs: asked.append("closed") or list_closed(epochs)
    )
    monkeypatch.setattr(state.index, "list_of_shops", lambda moved: asked.append("index") or list_of_shops(moved))
    follow()
    follow_goods(state, everything=True)
    assert asked == []
    suspend(street)
    follow()
    follow()
    assert asked == ["closed", "index"]
