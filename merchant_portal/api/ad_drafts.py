"""Checked bodies of advertising as the drafts that services take, and campaigns as they are shown."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any  # Any: what a serializer has read

from search.campaigns.contracts import (
    ALL_HOURS,
    AudienceKind,
    AudienceView,
    BadInput,
    CampaignDraft,
    CampaignKind,
    CampaignView,
    Charge,
    FrequencyCap,
    GroupDraft,
    MatchType,
    Pace,
    PageKind,
    PartState,
    Sizes,
    Targeting,
    Window,
    WordDraft,
    WordEdit,
)
from search.campaigns.rules.hours import join_hours, split_hours
from search.campaigns.selectors import list_audiences

_PERCENT_BPS = 100


def make_campaign(asked: Mapping[str, Any], kind: CampaignKind, audiences: int = 0) -> CampaignDraft:
    """The draft of `CampaignFields`."""
    caps = tuple(FrequencyCap(Window(cap["window"]), cap["most"]) for cap in asked.get("frequency_caps", ()))
    percent = asked.get("page_percent", {})
    return CampaignDraft(
        name=asked["name"],
        kind=kind,
        daily_budget_minor=asked["daily_budget_minor"],
        total_budget_minor=asked["total_budget_minor"],
        starts_on=asked["starts_on"],
        ends_on=asked["ends_on"],
        pace=Pace(asked["pace"]),
        targeting=Targeting(
            hours=ALL_HOURS if asked["hours"] is None else join_hours([_read_day(day) for day in asked["hours"]]),
            regions=tuple(asked["regions"]),
            audiences=read_audiences(asked["audiences"]) if "audiences" in asked else audiences,
            frequency_caps=caps,
            page_bps={PageKind(page): number * _PERCENT_BPS for page, number in percent.items()},
        ),
    )


def read_audiences(asked: Mapping[str, Any]) -> int:
    """The bits of an `AudiencesInput`. Raises `BadInput` for a category that is not uppermost."""
    bits = {(view.kind, view.key): view.bit for view in _list_views()}
    wanted = [
        *((AudienceKind.INTEREST, str(category_id)) for category_id in asked["interests"]),
        *((AudienceKind.DEVICE, device) for device in asked["devices"]),
        *((AudienceKind.BUYER, buyer) for buyer in asked["buyers"]),
    ]
    if not bits.keys() >= set(wanted):
        raise BadInput("audiences", "unknown")
    return sum({bits[one] for one in wanted})


def show_audiences(audiences: int) -> dict[str, list[Any]]:
    """Bits as `AudiencesBody` shows them."""
    views = [view for view in _list_views() if view.bit & audiences]
    return {
        "interests": [int(view.key) for view in views if view.kind is AudienceKind.INTEREST],
        "devices": [view.key for view in views if view.kind is AudienceKind.DEVICE],
        "buyers": [view.key for view in views if view.kind is AudienceKind.BUYER],
    }


def _list_views() -> list[AudienceView]:
    return list_audiences(Sizes(0, {}, {}))


def make_group(asked: Mapping[str, Any]) -> GroupDraft:
    """The draft of a `GroupInput`."""
    return GroupDraft(
        name=asked["name"],
        bid_minor=asked["bid_minor"],
        charge=Charge(asked["charge"]),
        product_ids=tuple(asked["product_ids"]),
        creative_ids=tuple(asked["creative_ids"]),
        words=tuple(make_word(word) for word in asked.get("keywords", ())),
    )


def make_word(asked: Mapping[str, Any]) -> WordDraft:
    """The draft of a `WordInput`."""
    return WordDraft(asked["text"], MatchType(asked["match"]), asked["bid_minor"], PartState(asked["state"]))


def make_edit(asked: Mapping[str, Any]) -> WordEdit:
    """The edit of a `WordChange`: a bid that is left out stays, null takes it away."""
    return WordEdit(
        asked["keyword_id"],
        state=PartState(asked["state"]) if "state" in asked else None,
        match=MatchType(asked["match"]) if "match" in asked else None,
        own_bid=asked["bid_minor"] is not None if "bid_minor" in asked else None,
        bid_minor=asked.get("bid_minor"),
    )


def show_campaign(campaign: CampaignView) -> dict[str, Any]:
    """A campaign as `CampaignBody` shows it."""
    targeting = campaign.targeting
    return {
        **{name: value for name, value in asdict(campaign).items() if name != "targeting"},
        "audiences": show_audiences(targeting.audiences),
        "hours": [f"{day:024b}"[::-1] for day in split_hours(targeting.hours)],
        "regions": list(targeting.regions),
        "frequency_caps": [{"window": cap.window.value, "most": cap.most} for cap in targeting.frequency_caps],
        "page_percent": {page.value: bps // _PERCENT_BPS for page, bps in targeting.page_bps.items()},
    }


def _read_day(signs: str) -> int:
    """The first sign is the hour from midnight."""
    return int(signs[::-1], 2)
