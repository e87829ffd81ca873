"""Audiences as a shop's team chooses them: names, sizes, and those that are too small yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, gettext, pgettext

from market.taxonomy.selectors import get_tree
from search.auction.audiences import list_bits
from search.campaigns.contracts import LEAST_PEOPLE, AudienceKind, AudienceView, Reach, Sizes
from search.campaigns.rules.audiences import estimate_reach
from search.campaigns.selectors import list_audiences, read_sizes


@dataclass(frozen=True, slots=True)
class Choice:
    """An audience as a box to tick. `size` is "" where it is too small to be chosen."""

    value: str
    name: str
    size: str
    is_ticked: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class ShownAudiences:
    """All audiences of a page by kind, and how many people what is ticked is for; "" where everybody is meant.

    `is_small` says that nothing can be chosen yet at all.
    """

    interests: list[Choice]
    devices: list[Choice]
    buyers: list[Choice]
    reach: str
    everybody: str
    is_small: bool
    least: str = f"{LEAST_PEOPLE:,}"


def show_audiences(*, shop_id: int, chosen: int, regions: Sequence[str], now: datetime) -> ShownAudiences:
    """The audiences that there are, with those ticked that were chosen. What was chosen before can be unticked."""
    sizes = read_sizes(shop_id=shop_id, now=now)
    views = list_audiences(sizes)
    return ShownAudiences(
        interests=_list_choices(views, AudienceKind.INTEREST, chosen),
        devices=_list_choices(views, AudienceKind.DEVICE, chosen),
        buyers=_list_choices(views, AudienceKind.BUYER, chosen),
        reach=_say_reach(chosen, regions, sizes),
        everybody=say_people(sizes.everybody if sizes.everybody >= LEAST_PEOPLE else None),
        is_small=not any(view.is_open for view in views),
    )


def read_audiences(values: Sequence[str]) -> int:
    """The ticked boxes as one number; what is no box of ours is left out."""
    bits = 0
    for value in values:
        if value.isascii() and value.isdigit() and len(value) <= 2 and int(value) < 60:
            bits |= 1 << int(value)
    return bits


def name_audience(view: AudienceView) -> str:
    """An audience in the page's language."""
    if view.kind is AudienceKind.INTEREST:
        node = get_tree().nodes.get(int(view.key))
        if node is None:
            return f"#{view.key}"
        return node.name_zh if (get_language() or "").startswith("zh") else node.name_en
    return {
        "mobile": gettext("Phones and tablets"),
        "computer": gettext("Computers"),
        "new": gettext("Never bought from you"),
        "known": gettext("Bought from you before"),
    }[view.key]


def name_audiences(audiences: int) -> list[str]:
    """The names of all audiences in a number."""
    views = {view.bit: view for view in list_audiences(Sizes(0, {}, {}))}
    return [name_audience(views[bit]) for bit in list_bits(audiences) if bit in views]


def say_people(people: int | None) -> str:
    """A size in words; what is too small has no number."""
    return pgettext("audience", "too small yet") if people is None else f"{people:,}"


def say_reach(reach: Reach) -> str:
    """For how many people a targeting is."""
    if reach.people is None:
        return gettext("fewer than 1,000 people a week")
    return gettext("some %(people)s people a week") % {"people": f"{reach.people:,}"}


def _say_reach(chosen: int, regions: Sequence[str], sizes: Sizes) -> str:
    return say_reach(estimate_reach(chosen, regions, sizes)) if chosen else ""


def _list_choices(views: Sequence[AudienceView], kind: AudienceKind, chosen: int) -> list[Choice]:
    return [
        Choice(
            value=str(view.bit.bit_length() - 1),
            name=name_audience(view),
            size=say_people(view.people),
            is_ticked=bool(view.bit & chosen),
            is_open=view.is_open or bool(view.bit & chosen),
        )
        for view in views
        if view.kind is kind
    ]
