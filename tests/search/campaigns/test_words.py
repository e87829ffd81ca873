"""Bought words: cut like questions, changed many at once, undone."""

import pytest

from search.auction.matching import find_match, is_excluded
from search.campaigns.contracts import (
    BadInput,
    CampaignKind,
    Keyword,
    MatchType,
    NegativeDraft,
    PartState,
    WordDraft,
    WordEdit,
)
from search.campaigns.rules.tokens import tokenize_words
from search.campaigns.selectors import list_keywords, list_negatives, map_keywords
from search.campaigns.services import (
    NoSuchCampaign,
    NothingToUndo,
    add_negatives,
    add_words,
    edit_words,
    remove_negative,
    undo_edit,
)
from search.campaigns.services import words as module
from search.campaigns.tasks import purge
from tests.conftest import Clock
from tests.search.campaigns.conftest import ACTOR, Advertiser, live


def test_a_question_meets_the_word_that_was_bought_for_it(alpha: Advertiser) -> None:
    seen = live(alpha.run(group={"words": (WordDraft("陶瓷马克杯", MatchType.PHRASE),)}))
    assert seen is not None
    (word,) = seen.ads[0].keywords
    bought = Keyword(word.tokens, word.match)
    assert find_match(bought, tokenize_words("陶瓷马克杯")) is MatchType.EXACT
    assert find_match(bought, tokenize_words("送礼 陶瓷 马克杯 大容量")) is MatchType.PHRASE
    assert find_match(bought, tokenize_words("马克杯")) is None


@pytest.mark.parametrize(
    ("text", "code"), [(" ", "required"), ("杯" * 41, "too_long"), ("13812345678", "personal"), ("!!!", "too_many")]
)
def test_what_is_no_word_is_not_bought(alpha: Advertiser, text: str, code: str) -> None:
    group_id = alpha.group_of(alpha.run())
    with pytest.raises(BadInput) as refused:
        _add(alpha, group_id, WordDraft(text))
    assert refused.value.code == code


def test_a_word_said_again_takes_the_new_bid_and_comes_back(alpha: Advertiser) -> None:
    group_id = alpha.group_of(alpha.run())
    assert _add(alpha, group_id, WordDraft("马克杯")) == 0
    assert _add(alpha, group_id, WordDraft("马克杯", bid_minor=120), WordDraft("茶杯")) == 2
    word = _words(alpha, group_id)["马克杯"]
    _edit(alpha, group_id, WordEdit(word.keyword_id, state=PartState.REMOVED))
    assert "马克杯" not in _words(alpha, group_id)
    assert map_keywords([word.keyword_id])[word.keyword_id].text == "马克杯", "reports still know it"
    assert _add(alpha, group_id, WordDraft("马克杯", bid_minor=130)) == 1
    assert _words(alpha, group_id)["马克杯"].keyword_id == word.keyword_id


def test_a_group_has_no_more_words_than_may_be(alpha: Advertiser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.most, "MOST_WORDS", 3)
    group_id = alpha.group_of(alpha.run())
    with pytest.raises(BadInput, match="words: too_many"):
        _add(alpha, group_id, WordDraft("茶杯"), WordDraft("茶壶"))
    assert len(_words(alpha, group_id)) == 2


def test_many_words_change_at_once_and_are_taken_back(alpha: Advertiser) -> None:
    campaign_id = alpha.run()
    group_id = alpha.group_of(campaign_id)
    before = _words(alpha, group_id)
    first, second = (word.keyword_id for word in before.values())
    outcome = _edit(
        alpha,
        group_id,
        WordEdit(first, own_bid=True, bid_minor=150, match=MatchType.EXACT),
        WordEdit(second, state=PartState.PAUSED),
    )
    assert outcome.changed == 2
    seen = live(campaign_id)
    assert seen and [(word.keyword_id, word.bid_minor) for word in seen.ads[0].keywords] == [(first, 150)]
    assert _undo(alpha, outcome.edit_id) == 2
    assert _words(alpha, group_id) == before
    with pytest.raises(NothingToUndo):
        _undo(alpha, outcome.edit_id)


def test_undoing_leaves_what_was_changed_since(alpha: Advertiser) -> None:
    group_id = alpha.group_of(alpha.run())
    first, second = (word.keyword_id for word in _words(alpha, group_id).values())
    outcome = _edit(alpha, group_id, *(WordEdit(pk, own_bid=True, bid_minor=150) for pk in (first, second)))
    _edit(alpha, group_id, WordEdit(second, own_bid=True, bid_minor=170))
    assert _undo(alpha, outcome.edit_id) == 1
    assert {word.keyword_id: word.bid_minor for word in _words(alpha, group_id).values()}[second] == 170


def test_an_edit_of_yesterday_cannot_be_undone(alpha: Advertiser, clock: Clock) -> None:
    group_id = alpha.group_of(alpha.run())
    (first, _) = _words(alpha, group_id).values()
    outcome = _edit(alpha, group_id, WordEdit(first.keyword_id, state=PartState.PAUSED))
    assert purge(clock.now) == 0
    clock.move(hours=25)
    with pytest.raises(NothingToUndo):
        _undo(alpha, outcome.edit_id)
    assert purge(clock.now) == 1


def test_two_words_never_become_one(alpha: Advertiser) -> None:
    words = (WordDraft("马克杯", MatchType.EXACT), WordDraft("马克杯", MatchType.BROAD))
    group_id = alpha.group_of(alpha.run(group={"words": words}))
    rows = list_keywords(shop_id=alpha.shop.shop_id, group_id=group_id)
    with pytest.raises(BadInput, match="match: twice"):
        _edit(alpha, group_id, WordEdit(rows[0].keyword_id, match=MatchType.EXACT, bid_minor=99, own_bid=True),
              WordEdit(rows[1].keyword_id, match=MatchType.EXACT))  # fmt: skip
    assert list_keywords(shop_id=alpha.shop.shop_id, group_id=group_id) == rows


def test_negative_words_hold_for_the_campaign_or_for_one_group(alpha: Advertiser, clock: Clock) -> None:
    campaign_id = alpha.run()
    group_id = alpha.group_of(campaign_id)
    said = {"shop_id": alpha.shop.shop_id, "actor_id": ACTOR, "now": clock.now, "campaign_id": campaign_id}
    assert add_negatives(drafts=[NegativeDraft("二手"), NegativeDraft("二手")], **said) == 1
    assert add_negatives(drafts=[NegativeDraft("破损", MatchType.EXACT)], group_id=group_id, **said) == 1
    assert add_negatives(drafts=[NegativeDraft("二手")], **said) == 0
    seen = live(campaign_id)
    assert seen is not None
    assert is_excluded(seen.ads[0].negatives, tokenize_words("二手 马克杯"))
    assert not is_excluded(seen.ads[0].negatives, tokenize_words("破损 马克杯"))
    used = next(
        one for one in list_negatives(shop_id=alpha.shop.shop_id, campaign_id=campaign_id) if one.text == "二手"
    )
    remove_negative(shop_id=alpha.shop.shop_id, negative_id=used.negative_id, actor_id=ACTOR, now=clock.now)
    after = live(campaign_id)
    assert after and not is_excluded(after.ads[0].negatives, tokenize_words("二手 马克杯"))


def test_display_campaigns_buy_no_words(alpha: Advertiser) -> None:
    group_id = alpha.group_of(alpha.run(kind=CampaignKind.DISPLAY, group={"words": ()}))
    with pytest.raises(BadInput, match="words: unknown"):
        _add(alpha, group_id, WordDraft("马克杯"))


def test_a_shop_never_touches_anothers_words(alpha: Advertiser, beta: Advertiser, clock: Clock) -> None:
    theirs = beta.run()
    group_id = beta.group_of(theirs)
    (word, _) = list_keywords(shop_id=beta.shop.shop_id, group_id=group_id)
    said = {"shop_id": beta.shop.shop_id, "actor_id": ACTOR, "now": clock.now}
    add_negatives(campaign_id=theirs, drafts=[NegativeDraft("二手")], **said)
    outcome = edit_words(group_id=group_id, edits=[WordEdit(word.keyword_id, state=PartState.PAUSED)], **said)
    (negative,) = list_negatives(shop_id=beta.shop.shop_id, campaign_id=theirs)
    before = live(theirs)
    mine = {**said, "shop_id": alpha.shop.shop_id}
    own_campaign = alpha.run()
    own_group = alpha.group_of(own_campaign)
    for write in (
        lambda: add_words(group_id=group_id, drafts=[WordDraft("茶杯")], **mine),
        lambda: edit_words(group_id=group_id, edits=[WordEdit(word.keyword_id, state=PartState.REMOVED)], **mine),
        lambda: edit_words(group_id=own_group, edits=[WordEdit(word.keyword_id, state=PartState.REMOVED)], **mine),
        lambda: add_negatives(campaign_id=theirs, drafts=[NegativeDraft("茶")], **mine),
        lambda: add_negatives(campaign_id=own_campaign, group_id=group_id, drafts=[NegativeDraft("茶")], **mine),
        lambda: remove_negative(negative_id=negative.negative_id, **mine),
    ):
        with pytest.raises(NoSuchCampaign):
            write()
    with pytest.raises(NothingToUndo):
        undo_edit(edit_id=outcome.edit_id, **mine)
    assert live(theirs) == before


def _add(who: Advertiser, group_id: int, *drafts: WordDraft) -> int:
    return add_words(shop_id=who.shop.shop_id, group_id=group_id, drafts=drafts, actor_id=ACTOR, now=who.clock.now)


def _edit(who: Advertiser, group_id: int, *edits: WordEdit):
    return edit_words(shop_id=who.shop.shop_id, group_id=group_id, edits=edits, actor_id=ACTOR, now=who.clock.now)


def _undo(who: Advertiser, edit_id: int) -> int:
    return undo_edit(shop_id=who.shop.shop_id, edit_id=edit_id, actor_id=ACTOR, now=who.clock.now)


def _words(who: Advertiser, group_id: int):
    return {word.text: word for word in list_keywords(shop_id=who.shop.shop_id, group_id=group_id)}
