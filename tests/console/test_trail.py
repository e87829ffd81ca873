"""The audit trail in words: every deed, and what it is asked for."""

from datetime import UTC, datetime

from console.words import DEEDS
from search.campaigns.contracts import CampaignState
from search.campaigns.selectors import list_campaigns
from search.campaigns.services import set_campaign_state
from tests.console.deeds import list_deeds
from tests.console.test_pages import words_of
from tests.merchant_portal.ads import advertise

# States that somebody's type allows and nobody moves to.
NEVER = {"shop.applied", "ad_finding.found", "ad_finding.posted", "campaign.draft", "plan.draft"}


def test_every_deed_that_is_written_down_has_words() -> None:
    deeds = list_deeds()
    assert {"shop.opened", "payout.asked", "list.put_back", "staff.dismissed", "creative.refused"} <= deeds
    assert sorted(deeds - NEVER - DEEDS.keys()) == []


def test_no_words_are_kept_for_deeds_of_which_nobody_tells() -> None:
    assert sorted(DEEDS.keys() - list_deeds()) == []


def test_pausing_a_campaign_and_letting_it_run_is_told_in_both_languages(make_shop, enter) -> None:
    shop, now, staff = make_shop("alpha", owner_id=900_001), datetime.now(UTC), enter()
    advertise(shop, now)
    campaign_id = list_campaigns(shop_id=shop.shop_id, limit=1)[0].campaign_id
    for state in (CampaignState.PAUSED, CampaignState.RUNNING):
        set_campaign_state(
            shop_id=shop.shop_id, campaign_ids=[campaign_id], state=state, actor_id=staff.user_id, now=now
        )
    said = {"en": ("Paused a campaign", "Let a campaign run"), "zh-CN": ("暂停了推广计划", "投放了推广计划")}
    for path in ("/trail/", f"/ads/campaigns/{campaign_id}/"):
        for language, sentences in said.items():
            page = words_of(staff.get(path, language).content.decode())
            assert all(one in page for one in sentences), (path, language)
