"""What came in, read and looked up before any lock is taken: tokens, targets, renderings, salts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from billing.settlement.services.days import business_date
from search.auction.ad_tokens import BadToken, TokenExpired, read_token
from search.auction.contracts import ShownAd, TokenKind, TokenState
from search.spending.contracts import AdTarget, ClickReport, VisitorFacts
from search.spending.rules.days import name_day, to_us
from search.spending.rules.judging import Incoming
from search.spending.rules.naming import digest_token
from search.spending.services.keys import get_key_ring
from search.spending.services.lookups import look_up
from search.spending.services.rendered import find_rendered, name_rendered

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One view or click of a token of ours, of an ad that is known. `names` has its names under each day's salt."""

    place: int
    at: datetime
    shown: ShownAd
    day: date
    token: UUID
    target: AdTarget
    facts: VisitorFacts
    event: Incoming
    persons: dict[date, UUID | None]
    networks: dict[date, UUID | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a batch came to: by its place the reports, and what stands already for the others."""

    reports: list[Report]
    states: list[TokenState]
    targets: list[AdTarget | None]


def read_reports(clicks: Sequence[ClickReport], kind: TokenKind) -> Reading:
    """Read what came in. Reports are in the order in which they came; a token that is not ours, or is of the other
    kind, or ended a day ago, makes none. No statement, once its ads and days are known."""
    read = [_read(click, kind) for click in clicks]
    tokens = [digest_token(click.token) if shown else None for click, (_, shown) in zip(clicks, read, strict=True)]
    days = [_list_days(click, shown) for click, (_, shown) in zip(clicks, read, strict=True)]
    known = look_up(ad_ids={shown.ad for _, shown in read if shown}, days=set().union(*days))
    targets = [known.targets.get(shown.ad) if shown is not None else None for _, shown in read]
    rendered = find_rendered(shown for _, shown in read if shown is not None) if kind is TokenKind.CLICK else {}
    reports = []
    incoming = zip(clicks, read, tokens, targets, days, strict=True)
    for place, (click, (state, shown), token, target, own_days) in enumerate(incoming):
        if shown is None or token is None or target is None or not own_days:
            continue
        namers = {day: known.namers[day] for day in own_days}
        report = Report(
            place=place,
            at=click.at,
            shown=shown,
            day=name_day(shown.day),
            token=token,
            target=target,
            facts=click.facts,
            event=_make_event(click, state, shown, target, rendered.get(name_rendered(shown))),
            persons={day: namer.name_person(click.facts.person) for day, namer in namers.items()},
            networks={day: namer.name_network(click.facts.network) for day, namer in namers.items()},
        )
        reports.append(report)
    return Reading(reports, [state for state, _ in read], targets)


def _list_days(click: ClickReport, shown: ShownAd | None) -> frozenset[date]:
    """The days that a click is looked at under: the event's and its own, and those before them. None for what is not
    recorded, as a token that ended a day ago: the salt of its day is to be forgotten."""
    if shown is None or click.at.timestamp() >= shown.expires_second + ONE_DAY.total_seconds():
        return frozenset()
    days = {name_day(shown.day), business_date(click.at)}
    return frozenset(days | {day - ONE_DAY for day in days})


def _read(click: ClickReport, kind: TokenKind) -> tuple[TokenState, ShownAd | None]:
    """An expired token still says where it leads; a view's is no click's, nor the other way round."""
    ring, state = get_key_ring(), TokenState.VALID
    try:
        shown = read_token(click.token, ring, now_second=int(click.at.timestamp()))
    except TokenExpired:
        shown, state = read_token(click.token, ring, now_second=0), TokenState.EXPIRED
    except BadToken:
        return TokenState.BAD, None
    is_view = shown.kind is TokenKind.VIEW
    return (state, shown) if is_view is (kind is TokenKind.VIEW) else (TokenState.BAD, None)


def _make_event(
    click: ClickReport,
    state: TokenState,
    shown: ShownAd,
    target: AdTarget,
    rendered_us: int | None,
) -> Incoming:
    facts = click.facts
    return Incoming(
        kind=shown.kind,
        state=state,
        at_us=to_us(click.at),
        day=name_day(shown.day),
        ad=shown.ad,
        shop=target.shop_id,
        rendered_us=rendered_us,
        person=facts.person,
        network=facts.network,
        robot=facts.user_agent_is_robot,
        data_centre=facts.data_centre,
        prefetch=facts.prefetch,
        staff=facts.staff,
        own_shop=target.shop_id in facts.shop_ids,
    )
