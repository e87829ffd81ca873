"""Views of campaigns: all of them, one of them, switching, changing."""

from merchant_portal.ads.views.describing import describe_campaign, describe_part, find_campaign
from merchant_portal.ads.views.editing import edit
from merchant_portal.ads.views.ending import end
from merchant_portal.ads.views.listing import limit_day, raise_budget, show_campaigns, switch
from merchant_portal.ads.views.page import exclude, include, render_campaign, show_campaign

__all__ = [
    "describe_campaign",
    "describe_part",
    "edit",
    "end",
    "exclude",
    "find_campaign",
    "include",
    "limit_day",
    "raise_budget",
    "render_campaign",
    "show_campaign",
    "show_campaigns",
    "switch",
]
