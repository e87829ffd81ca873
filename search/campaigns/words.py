"""Campaigns, their parts and pages, as merchants and staff read about them."""

from django.utils.translation import gettext, pgettext

from search.auction.contracts import MatchType
from search.campaigns.contracts import CampaignKind, CampaignState, Charge, PageKind, PartState


def name_kind(kind: CampaignKind) -> str:
    """What is sold, in words."""
    return pgettext("ads", "Search words") if kind is CampaignKind.KEYWORD else gettext("Display")


def name_state(state: CampaignState) -> str:
    """A campaign's state in words."""
    return {
        CampaignState.DRAFT: pgettext("campaign", "Draft"),
        CampaignState.RUNNING: pgettext("campaign", "Running"),
        CampaignState.PAUSED: pgettext("campaign", "Paused"),
        CampaignState.ENDED: pgettext("campaign", "Ended"),
    }[state]


def name_part_state(state: PartState) -> str:
    """The state of a group, an ad or a word in words."""
    return pgettext("campaign", "Running") if state is PartState.RUNNING else pgettext("campaign", "Paused")


def name_charge(charge: Charge) -> str:
    """What is paid for."""
    return gettext("per click") if charge is Charge.CLICK else gettext("per 1,000 views")


def name_match(match: MatchType) -> str:
    """How close a question has to be to the word."""
    return {
        MatchType.EXACT: pgettext("match", "Exact"),
        MatchType.PHRASE: pgettext("match", "Phrase"),
        MatchType.BROAD: pgettext("match", "Broad"),
    }[match]


def name_page(page: str) -> str:
    """Where an ad stood."""
    return {
        PageKind.SEARCH.value: pgettext("ads", "Search results"),
        PageKind.CATEGORY.value: pgettext("ads", "Category pages"),
        PageKind.PRODUCT.value: gettext("Pages of goods"),
        PageKind.HOME.value: pgettext("ads", "Home page"),
    }.get(page) or pgettext("ads", "Unknown")
