"""The ways between a campaign's states."""

from search.campaigns.contracts import CampaignState

_MOVES: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.RUNNING, CampaignState.ENDED}),
    CampaignState.RUNNING: frozenset({CampaignState.PAUSED, CampaignState.ENDED}),
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING, CampaignState.ENDED}),
    CampaignState.ENDED: frozenset(),
}


def can_move(now: CampaignState, to: CampaignState) -> bool:
    """Whether a campaign may go from one state to another."""
    return to in _MOVES[now]
