"""Events for their shop and for staff, and why they cost what they did."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q

from market.money import MICRO_PER_MINOR
from search.auction.contracts import DisplayPrice, Price, TokenKind
from search.auction.contracts.units import PER_THOUSAND
from search.auction.explaining import PriceDisputed, explain_display_price, explain_price
from search.auction.records import BadRecord, read_record
from search.spending.contracts import AdEventView, Explanation
from search.spending.models import AdEvent, DaySalt
from search.spending.rules.naming import Namer
from search.spending.selectors.feeds import select_events

MOST_LISTED = 500


class EventNotFound(LookupError):
    """There is no such event, or not of this shop."""


class NotExplained(LookupError):
    """The event has no price inputs: its decision was never stored, and it is free."""


def list_events(
    *,
    shop_id: int,
    since: date,
    until: date,
    campaign_id: int | None = None,
    kind: TokenKind | None = None,
    billed: bool | None = None,
    before: datetime | None = None,
    limit: int = 50,
) -> list[AdEventView]:
    """A shop's events of some days (both included), the latest first; `before` is where the last page ended."""
    conditions = ["e.shop_id = %s", "e.day BETWEEN %s AND %s"]
    values: list[object] = [shop_id, since, until]
    if campaign_id is not None:
        conditions.append("e.campaign_id = %s")
        values.append(campaign_id)
    if kind is not None:
        conditions.append("e.kind = %s")
        values.append(kind.value)
    if billed is not None:
        conditions.append("e.billed_micro > 0" if billed else "e.billed_micro = 0")
    if before is not None:
        conditions.append("e.at < %s")
        values.append(before)
    order = "e.at DESC, e.number DESC"
    return select_events(" AND ".join(conditions), values, order=order, limit=min(limit, MOST_LISTED))


def get_event(*, day: date, token: UUID, shop_id: int | None = None) -> AdEventView:
    """One event; with a shop, only of that shop. Raises `EventNotFound`."""
    found = select_events("e.day = %s AND e.token = %s", [day, token], order="e.number", limit=1)
    if not found or (shop_id is not None and found[0].shop_id != shop_id):
        raise EventNotFound(str(token))
    return found[0]


def map_events(keys: Collection[tuple[date, UUID]]) -> dict[tuple[date, UUID], AdEventView]:
    """Events by day and token, with what is known of their decisions now: one statement."""
    if not keys:
        return {}
    days, tokens = zip(*sorted(keys), strict=True)
    condition = "(e.day, e.token) IN (SELECT * FROM unnest(%s::date[], %s::uuid[]))"
    found = select_events(condition, [list(days), list(tokens)], order="e.number", limit=len(keys))
    return {(event.day, event.token): event for event in found}


def explain_charge(event: AdEventView) -> Explanation:
    """The steps to an event's price, worked out anew. Raises `NotExplained`, and `PriceDisputed` if they differ."""
    price = _read_price(event)
    if isinstance(price, Price):
        steps, price_minor, per_thousand = explain_price(price), price.amount_minor, False
    else:
        steps = explain_display_price(price)
        per_thousand = price.inputs.click is None
        price_minor = price.cpm_minor if per_thousand else price.click_minor
    expected = price_minor * MICRO_PER_MINOR // (PER_THOUSAND if per_thousand else 1)
    if expected != event.price_micro:
        raise PriceDisputed(f"{event.token}: {event.price_micro} is not {expected}")
    return Explanation(
        tuple(steps), price_minor, per_thousand, event.price_micro, event.billed_micro, event.borne_micro
    )


def name_person_on(person: str, days: Collection[date]) -> dict[date, UUID]:
    """How the events of each day know a person; days whose salt is gone are left out, and nobody is nowhere."""
    salts = DaySalt.objects.filter(day__in=set(days)).values_list("day", "salt") if person else ()
    names = {day: Namer(bytes(salt)).name_person(person) for day, salt in salts}
    return {day: name for day, name in names.items() if name is not None}


def list_touches(
    *, persons: Collection[tuple[date, UUID]], shop_id: int, since: datetime, until: datetime
) -> list[AdEventView]:
    """A person's valid views and clicks of a shop's ads, the oldest first: one statement. Those given back are none.

    `persons` are the names that days know the person by, several a day where a guest became a member.
    """
    if not persons:
        return []
    pairs = " OR ".join(["(e.day = %s AND e.person = %s)"] * len(persons))
    values: list[object] = [value for pair in sorted(persons) for value in pair]
    return select_events(
        f"({pairs}) AND e.shop_id = %s AND e.at >= %s AND e.at < %s AND e.reason = '' AND NOT e.freed"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM spending_correction AS c"
        " WHERE c.day = e.day AND c.token = e.token AND c.kind = 'credited')",
        [*values, shop_id, since, until],
        order="e.at, e.number",
        limit=MOST_LISTED,
    )


def count_reasons(*, since: date, until: date, shop_id: int | None = None) -> dict[str, int]:
    """How many clicks were valid ("") and how many filtered, by reason."""
    rows = AdEvent.objects.filter(Q(shop_id=shop_id) if shop_id is not None else Q(), day__range=(since, until))
    clicks = rows.exclude(kind=TokenKind.VIEW.value).values("reason").annotate(clicks=Count("token"))
    return dict(clicks.values_list("reason", "clicks"))


def _read_price(event: AdEventView) -> Price | DisplayPrice:
    if not event.inputs:
        raise NotExplained(str(event.token))
    try:
        return read_record(Price, event.inputs)
    except BadRecord:
        return read_record(DisplayPrice, event.inputs)
