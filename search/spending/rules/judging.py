"""Verdicts in line: what was known before a view or click, and what each one adds to that.

The rules themselves are `search.auction.clicks`; here their facts are put together, one event after the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from search.auction.clicks import find_invalid
from search.auction.contracts import ClickFacts, InvalidReason, TokenKind, TokenState
from search.auction.contracts.units import HOUR_US

MERCHANTS_OWN = frozenset({InvalidReason.OWN_SHOP.value, InvalidReason.SAME_MERCHANT.value})
"""Who clicked so for a shop tells which networks are that merchant's, for the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A view or click with all that is known of it by itself. Person and network are named as in `VisitorFacts`."""

    kind: TokenKind
    state: TokenState
    at_us: int
    day: date
    ad: int
    shop: int
    rendered_us: int | None
    person: str
    network: str
    robot: bool
    data_centre: bool
    prefetch: bool
    staff: bool
    own_shop: bool


@dataclass(slots=True)
class History:
    """What was recorded before, of the persons and networks that are looked at."""

    last_click_us: dict[tuple[str, int], int] = field(default_factory=dict)
    billed: dict[tuple[str, int, date], int] = field(default_factory=dict)
    passed_us: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    merchants: set[tuple[str, int]] = field(default_factory=set)

    def note_person(self, person: str, *, ad: int, day: date, at_us: int, billed: bool) -> None:
        """A click of a person on an ad."""
        if not person:
            return
        key = (person, ad)
        self.last_click_us[key] = max(at_us, self.last_click_us.get(key, at_us))
        if billed:
            self.billed[(person, ad, day)] = self.billed.get((person, ad, day), 0) + 1

    def note_network(self, network: str, *, shop: int, at_us: int, reason: str) -> None:
        """A click out of a network on an ad of a shop."""
        if not network:
            return
        if not reason:
            self.passed_us.setdefault((network, shop), []).append(at_us)
        elif reason in MERCHANTS_OWN:
            self.merchants.add((network, shop))


def judge(event: Incoming, history: History) -> InvalidReason | None:
    """The reason not to bill an event, None to bill it.

    A view says itself that it was rendered, and is not counted by person: a page may be looked at again.
    """
    if event.kind is TokenKind.VIEW:
        return find_invalid(_tell(event, rendered_us=event.at_us - HOUR_US))
    key = (event.person, event.ad)
    return find_invalid(
        _tell(
            event,
            rendered_us=event.rendered_us,
            same_merchant=(event.network, event.shop) in history.merchants,
            last_click_us=history.last_click_us.get(key),
            billed_today=history.billed.get((*key, event.day), 0),
            network_clicks_us=tuple(history.passed_us.get((event.network, event.shop), ())),
        )
    )


def note(event: Incoming, history: History, *, reason: str) -> None:
    """Let what was recorded count for those that follow."""
    if event.kind is not TokenKind.VIEW:
        history.note_person(event.person, ad=event.ad, day=event.day, at_us=event.at_us, billed=not reason)
        history.note_network(event.network, shop=event.shop, at_us=event.at_us, reason=reason)


def judge_all(events: Iterable[Incoming], history: History) -> list[str]:
    """The verdict of each event in turn: "" or the reason. The history is told of every one."""
    verdicts = []
    for event in events:
        verdict = judge(event, history)
        reason = "" if verdict is None else verdict.value
        note(event, history, reason=reason)
        verdicts.append(reason)
    return verdicts


def _tell(
    event: Incoming,
    *,
    rendered_us: int | None,
    same_merchant: bool = False,
    last_click_us: int | None = None,
    billed_today: int = 0,
    network_clicks_us: tuple[int, ...] = (),
) -> ClickFacts:
    return ClickFacts(
        token=event.state,
        clicked_us=event.at_us,
        rendered_us=rendered_us,
        robot=event.robot,
        data_centre=event.data_centre,
        prefetch=event.prefetch,
        staff=event.staff,
        own_shop=event.own_shop,
        same_merchant=same_merchant,
        last_click_us=last_click_us,
        billed_today=billed_today,
        network_clicks_us=network_clicks_us,
    )
