"""Writes of campaigns. Every change marks its campaign for serving and stands in the trail."""

from search.campaigns.services.campaigns import (
    CampaignChanged,
    TooManyCampaigns,
    change_campaign,
    create_campaign,
    end_past_campaigns,
    set_campaign_state,
    set_daily_budget,
)
from search.campaigns.services.creatives import (
    AlreadyDecided,
    CreativeNotFound,
    decide_creative,
    remove_creative,
    upload_creative,
)
from search.campaigns.services.groups import (
    NoSuchCreative,
    NoSuchProduct,
    add_ads,
    add_group,
    change_group,
    set_ad_state,
    set_group_state,
)
from search.campaigns.services.limits import (
    AlreadyStopped,
    NotStopped,
    lift_stop,
    set_floor,
    set_own_limit,
    set_staff_limit,
    stop_advertiser,
)
from search.campaigns.services.touching import CampaignEnded, NoSuchCampaign
from search.campaigns.services.words import (
    NothingToUndo,
    add_negatives,
    add_words,
    edit_words,
    forget_edits,
    remove_negative,
    undo_edit,
)

__all__ = [
    "AlreadyDecided",
    "AlreadyStopped",
    "CampaignChanged",
    "CampaignEnded",
    "CreativeNotFound",
    "NoSuchCampaign",
    "NoSuchCreative",
    "NoSuchProduct",
    "NotStopped",
    "NothingToUndo",
    "TooManyCampaigns",
    "add_ads",
    "add_group",
    "add_negatives",
    "add_words",
    "change_campaign",
    "change_group",
    "create_campaign",
    "decide_creative",
    "edit_words",
    "end_past_campaigns",
    "forget_edits",
    "lift_stop",
    "remove_creative",
    "remove_negative",
    "set_ad_state",
    "set_campaign_state",
    "set_daily_budget",
    "set_floor",
    "set_group_state",
    "set_own_limit",
    "set_staff_limit",
    "stop_advertiser",
    "undo_edit",
    "upload_creative",
]
