"""A labelled day of clicks: shoppers who share networks, and twelve kinds of attackers among them; a desk that judges.

The desk is what the product's tables will be: it remembers, and asks the pure rules about each click, later about each
network and device. Attackers are made by what they do and never told to the desk.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from search.auction.clicks import list_invalid
from search.auction.contracts import ClickFacts, ClickGroup, InvalidReason, TokenState
from search.auction.contracts.units import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from search.auction.late_clicks import INVALID_RULES, list_late_invalid

CLEAN = "clean"
USUAL_CLICK_RATE_PPM = 30_000
VICTIM = 1
MERCHANTS, ADS_EACH = 400, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A click as it comes in, with the label of who made it. `views` are the ads its device saw since the last one."""

    label: str
    at_us: int
    person: str
    network: str
    merchant: int
    ad: int
    token: str
    state: TokenState = TokenState.VALID
    rendered_ago_us: int | None = 5 * SECOND_US
    dwell_ms: int = 20_000
    views: int = 33
    robot: bool = False
    data_centre: bool = False
    prefetch: bool = False
    own_shop: bool = False
    same_merchant: bool = False
    rival: bool = False


class Street:
    """Makes clicks from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.made = 0

    def click(self, label: str, at_us: int, **facts: object) -> Click:
        self.made += 1
        merchant = facts.pop("merchant", None) or self.chance.randrange(2, MERCHANTS)
        known = {
            "person": f"p{self.made}",
            "network": f"n{self.made}",
            "merchant": merchant,
            "ad": merchant * ADS_EACH + self.chance.randrange(ADS_EACH),
            "token": f"t{self.made}",
            "rendered_ago_us": SECOND_US + int(self.chance.expovariate(1 / (8 * SECOND_US))),
            "dwell_ms": int(self.chance.expovariate(1 / 20_000)),
            "views": int(self.chance.expovariate(USUAL_CLICK_RATE_PPM / 1_000_000)) + 1,
            **facts,
        }
        return Click(label=label, at_us=at_us, **known)

    def any_time(self) -> int:
        return self.chance.randrange(DAY_US)

    def shoppers(self, count: int) -> Iterator[Click]:
        """One to four clicks each within an hour; three of ten share a network with fifty others."""
        for person in range(count):
            network = (
                f"office{self.chance.randrange(count // 150 + 1)}" if self.chance.random() < 0.3 else f"home{person}"
            )
            at = self.any_time()
            for _ in range(self.chance.choice([1, 1, 1, 2, 2, 3, 4])):
                yield self.click(CLEAN, at, person=f"shopper{person}", network=network)
                at += int(self.chance.expovariate(1 / (8 * MINUTE_US))) + 3 * SECOND_US

    def attackers(self, rounds: int) -> Iterator[Click]:
        """All twelve kinds, against one merchant or anybody."""
        for number in range(rounds):
            yield from self.repeated(number)
            yield from self.machines()
            yield from self.insiders(number)
            yield from self.farms(number)
            for state in (TokenState.BAD, TokenState.EXPIRED):
                yield self.click({"bad": "forged token", "expired": "stale token"}[state], self.any_time(), state=state)
            yield self.click("hidden place", self.any_time(), rendered_ago_us=None)

    def repeated(self, number: int) -> Iterator[Click]:
        """A token again, later and from elsewhere; a second click within two seconds, with a token of its own."""
        at = self.any_time()
        first = self.click(CLEAN, at, person=f"honest{number}")
        yield first
        for _ in range(3):
            again = {"merchant": first.merchant, "ad": first.ad, "token": first.token}
            yield self.click("replay", at + self.chance.randrange(MINUTE_US, HOUR_US), **again)
        twice = {"merchant": first.merchant, "ad": first.ad, "person": first.person, "network": first.network}
        yield self.click("double click", at + self.chance.randrange(SECOND_US // 10, 2 * SECOND_US), **twice)

    def machines(self) -> Iterator[Click]:
        """Hired servers, browsers that fetch ahead, robots that say so or click faster than anybody can."""
        yield self.click("data centre", self.any_time(), data_centre=True)
        yield self.click("prefetch", self.any_time(), prefetch=True)
        yield self.click("headless", self.any_time(), robot=True)
        yield self.click("headless", self.any_time(), rendered_ago_us=self.chance.randrange(299_000))

    def insiders(self, number: int) -> Iterator[Click]:
        """The own shop's people; a rival's, who click slowly and read, nine of ten on devices that are known."""
        yield self.click("own clicks", self.any_time(), own_shop=number % 2 == 0, same_merchant=number % 2 == 1)
        known, at = self.chance.random() < 0.9, self.any_time()
        for step in range(3):
            yield self.click(
                "rival's accounts",
                at + step * self.chance.randrange(15 * MINUTE_US, 40 * MINUTE_US),
                person=f"rival{number}",
                network=f"rival{number}",
                merchant=VICTIM,
                rival=known,
            )

    def farms(self, number: int) -> Iterator[Click]:
        """A slow drip: one network, a new device each time, by the clock. A farm: many devices that do not read."""
        if number % 10 == 0:
            begins, gap = self.chance.randrange(HOUR_US), self.chance.randrange(35 * MINUTE_US, 50 * MINUTE_US)
            for step in range(26):
                at = begins + step * gap + self.chance.randrange(60 * SECOND_US)
                yield self.click(
                    "slow drip", at, network=f"drip{number}", merchant=VICTIM, views=self.chance.randint(1, 4)
                )
            for step in range(40):
                yield self.click(
                    "click farm",
                    self.any_time(),
                    person=f"farm{number}-{step % 20}",
                    network=f"farm{number}-{step % 4}",
                    merchant=VICTIM,
                    dwell_ms=self.chance.randrange(900),
                    views=self.chance.randint(1, 6),
                )


@dataclass(slots=True)
class Desk:
    """Judges clicks as they come, and groups of them afterwards."""

    verdicts: dict[Click, list[InvalidReason]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    last: dict[tuple[str, int], int] = field(default_factory=dict)
    billed: Counter[tuple[str, int]] = field(default_factory=Counter)
    passed: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))

    def judge(self, click: Click) -> None:
        own, seen_by = (click.person, click.ad), (click.network, click.merchant)
        facts = ClickFacts(
            token=TokenState.USED if click.token in self.used else click.state,
            clicked_us=click.at_us,
            rendered_us=None if click.rendered_ago_us is None else click.at_us - click.rendered_ago_us,
            robot=click.robot,
            data_centre=click.data_centre,
            prefetch=click.prefetch,
            own_shop=click.own_shop,
            same_merchant=click.same_merchant,
            last_click_us=self.last.get(own),
            billed_today=self.billed[own],
            network_clicks_us=tuple(self.passed[seen_by]),
        )
        self.verdicts[click] = list_invalid(facts)
        self.last[own] = click.at_us
        if not self.verdicts[click]:
            self.used.add(click.token)
            self.billed[own] += 1
            self.passed[seen_by].append(click.at_us)

    def look_again(self) -> None:
        """The clicks that passed, by network and by device."""
        for name in ("network", "person"):
            groups: dict[str, list[Click]] = defaultdict(list)
            for click in self.verdicts:
                groups[getattr(click, name)].append(click)
            for clicks in groups.values():
                found = list_late_invalid(_gather(clicks, self.verdicts), INVALID_RULES[1])
                for click in clicks:
                    self.verdicts[click] += [reason for reason in found if reason not in self.verdicts[click]]


def _gather(clicks: Iterable[Click], verdicts: dict[Click, list[InvalidReason]]) -> ClickGroup:
    clicks = list(clicks)
    passed = [click for click in clicks if not verdicts[click]]
    return ClickGroup(
        clicks_us=tuple(click.at_us for click in passed),
        views=sum(click.views for click in clicks),
        dwells_ms=tuple(click.dwell_ms for click in passed),
        usual_click_rate_ppm=USUAL_CLICK_RATE_PPM,
        devices=len({click.person for click in clicks}),
        rival=all(click.rival for click in clicks),
    )
