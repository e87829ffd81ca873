"""Goods that are paid per sale on pages: labelled, explained, clicked without cost, gone with their plan."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from search.campaigns.contracts import CampaignState
from search.per_sale.contracts import PlanDraft
from search.per_sale.services import create_plan, set_plan_state
from search.per_sale.services.showing import load_table
from search.serving.services import get_server
from search.spending.models import AdEvent
from search.spending.services import note_rendered
from tests.storefront.pages.conftest import Street
from tests.storefront.pages.test_ads import read_ads, visitor


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def planned(committed_db, street: Street) -> tuple[Street, int]:
    """The mug stands in a plan."""
    street.index()
    offer = street.offers[0]
    draft = PlanDraft(name="成交付费", default_bps=800, goods={offer.product_id: None})
    plan_id = create_plan(shop_id=offer.shop_id, key="k", draft=draft, runs=True, actor_id=1, now=now())
    load_table(now())
    return street, plan_id


def test_home_shows_them_labelled_and_a_click_leads_on_and_costs_nothing(planned) -> None:
    browser = visitor()
    text = browser.client.get("/").content.decode()
    assert "Recommended · Sponsored" in text and "commission if you buy within seven days" in text
    ((view, token),) = read_ads(text)
    get_server().state.take_decisions(10)
    note_rendered(tokens=[view], now=now() - timedelta(seconds=5))
    answer = browser.client.get(f"/ad/{token}/")
    assert answer.status_code == 303 and re.fullmatch(r"/item/\d+/", answer["Location"])
    event = AdEvent.objects.get()
    assert (event.kind, event.price_micro, event.billed_micro) == ("sale", 0, 0)


def test_its_own_page_does_not_show_it_and_a_stopped_plan_is_gone(planned) -> None:
    street, plan_id = planned
    offer, browser = street.offers[0], visitor()
    own = browser.client.get(f"/item/{street.listing_ids[0]}/").content.decode()
    assert "Recommended · Sponsored" not in own
    set_plan_state(shop_id=offer.shop_id, plan_id=plan_id, state=CampaignState.PAUSED, actor_id=1, now=now())
    load_table(now())
    assert "Recommended · Sponsored" not in browser.client.get("/").content.decode()
