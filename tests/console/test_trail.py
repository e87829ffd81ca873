"""The audit trail in words: every deed, and what it is asked for."""

from datetime import UTC, datetime

from console.words import DEEDS
from market.accounts.selectors import get_person
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


def test_a_person_is_found_by_number_and_by_address(enter) -> None:
    staff, other = enter(), enter()
    email = get_person(other.user_id).email
    for typed in (str(other.user_id), f" {email.upper()} "):
        answer = staff.get("/trail/", actor=typed)
        assert {row.line.actor_id for row in answer.context["rows"]} == {other.user_id}, typed
        assert "Nobody has this" not in answer.content.decode()
        assert f'value="{typed.strip()}"' in answer.content.decode(), "what was typed stays"


def test_who_is_not_there_did_nothing_and_the_page_says_so(enter) -> None:
    staff = enter()
    said = {"en": "Nobody has this number or e-mail address.", "zh-CN": "没有人用这个编号或邮箱。"}
    for typed in ("somebody@example.com", "999999", "周岚", "9" * 40):
        for language, sentence in said.items():
            answer = staff.get("/trail/", language, actor=typed)
            assert answer.context["rows"] == [] and sentence in answer.content.decode(), typed


def test_a_deed_that_is_none_is_not_found(enter) -> None:
    staff = enter()
    assert staff.get("/trail/", action="x").status_code == 404
    assert staff.get("/trail/", action="console.entered").context["rows"]
