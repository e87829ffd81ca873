"""What a merchant typed, of the bid that an auction was held with."""

from market.money import WHOLE_BPS
from search.auction.contracts import Keyword, MatchType
from search.auction.matching import FACTOR_BPS, compute_effective_bid, find_match
from search.campaigns import models
from search.campaigns.contracts import CampaignKind, PageKind, TypedBid
from search.campaigns.rules.tokens import tokenize_words
from search.campaigns.selectors.live import make_page_bps


def find_typed_bid(
    *, group_id: int, keyword_id: int | None, page: str, query: str, effective_minor: int
) -> TypedBid | None:
    """The typed bid with what makes the effective one of it: at most two statements.

    None where bid, word or multiplier were changed since, or where it is no longer known what was asked.
    """
    group = models.Group.objects.select_related("campaign").filter(pk=group_id).first()
    if group is None or page not in list(PageKind):
        return None
    bid_minor, match = group.bid_minor, MatchType.EXACT
    if group.campaign.kind == CampaignKind.KEYWORD.value:
        word = models.Keyword.objects.filter(pk=keyword_id, group=group).first() if keyword_id else None
        met = _find_match(word, query)
        if met is None:
            return None
        match = met
        if word is not None and word.bid_minor is not None:
            bid_minor = word.bid_minor
    page_bps = make_page_bps(group.campaign).get(PageKind(page), WHOLE_BPS)
    if compute_effective_bid(bid_minor, match, page_bps) != effective_minor:
        return None
    return TypedBid(bid_minor, match, FACTOR_BPS[match], page_bps)


def _find_match(word: models.Keyword | None, query: str) -> MatchType | None:
    """How a word met what was asked; who is shown on a category's page without one takes part as by a broad match."""
    if word is None:
        return None if query else MatchType.BROAD
    return find_match(Keyword(tuple(word.tokens), MatchType.BROAD), tokenize_words(query))
