"""Every kind of business event, and the way back from stored JSON to the event."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from billing.ledger.rules import (
    advertising,
    agent,
    custody,
    delivery,
    disputes,
    payouts,
    per_sale,
    plans,
    points,
    suspense,
)
from billing.ledger.rules.events import PostingEvent

_EVENTS: tuple[type[PostingEvent], ...] = (
    agent.PaymentCaptured,
    agent.ProviderFeeCharged,
    agent.ProviderFeeReturned,
    agent.ProviderSettled,
    agent.EscrowReleased,
    agent.RefundBeforeRelease,
    agent.RefundAfterRelease,
    agent.RefundConfirmed,
    agent.DebtMoved,
    agent.DebtNetted,
    payouts.PayoutAsked,
    payouts.PayoutConfirmed,
    disputes.DisputeOpened,
    disputes.DisputeTaken,
    disputes.DisputeLost,
    disputes.DisputeWon,
    disputes.DisputeFeePassedOn,
    delivery.CodDelivered,
    delivery.CodRemitted,
    delivery.CodKeptByShop,
    advertising.AdTopUpCaptured,
    advertising.AdTopUpFromSales,
    advertising.AdClicksCharged,
    advertising.AdViewsCharged,
    advertising.AdClicksCredited,
    advertising.AdViewsCredited,
    advertising.AdBonusGranted,
    advertising.AdBonusUsed,
    advertising.AdBonusUsedOnViews,
    advertising.AdBonusReturned,
    advertising.AdBonusReturnedForViews,
    advertising.AdBonusExpired,
    per_sale.AdSaleCharged,
    per_sale.AdSaleOwed,
    per_sale.AdSaleDebtPaid,
    per_sale.AdSaleCredited,
    per_sale.AdBonusUsedOnSales,
    per_sale.AdBonusReturnedForSales,
    advertising.SlotWon,
    advertising.SlotDayDelivered,
    advertising.SlotDayCancelled,
    plans.PlanSold,
    plans.PlanMonthEarned,
    points.PointsEarned,
    points.PointsExpired,
    custody.CustodySharePaid,
    custody.CustodySubsidised,
    custody.CustodyFeeTaken,
    custody.CustodyFeeReturned,
    custody.CustodyCommissionSplit,
    custody.CustodyReleased,
    custody.CustodyTakenBack,
    custody.CustodyRefunded,
    custody.CustodyCommissionReturned,
    custody.RefundAdvanced,
    custody.DebtWrittenOff,
    suspense.SuspenseRaised,
    suspense.SuspenseCleared,
)

EVENT_KINDS: Mapping[str, type[PostingEvent]] = MappingProxyType({event.kind: event for event in _EVENTS})


class UnreadableEvent(ValueError):
    """Stored JSON that is not one of our events: an unknown kind, a missing, foreign or mistyped field."""


def read_event(kind: str, payload: Mapping[str, Any]) -> PostingEvent:
    """The event that `to_payload` wrote. Raises `UnreadableEvent`."""
    try:
        event = EVENT_KINDS[kind]
    except KeyError:
        raise UnreadableEvent(f"no event is called {kind!r}") from None
    return event(**_read_fields(event, payload))


def _read_fields(target: type, payload: Mapping[str, Any]) -> dict[str, Any]:
    hints = _read_hints(target)
    if foreign := set(payload) - set(hints):
        raise UnreadableEvent(f"{target.__name__} has no {sorted(foreign)}")
    if missing := set(hints) - set(payload):
        raise UnreadableEvent(f"{target.__name__} needs {sorted(missing)}")
    return {name: _read_value(hints[name], payload[name], name) for name in payload}


@cache
def _read_hints(target: type) -> dict[str, Any]:  # Any: types, read from annotations
    hints = get_type_hints(target)
    return {field.name: hints[field.name] for field in fields(target)}


def _read_value(hint: Any, value: Any, name: str) -> Any:  # Any: a type read from annotations, a value from JSON
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise UnreadableEvent(f"{name} is not a list")
        return tuple(_read_value(get_args(hint)[0], item, name) for item in value)
    if get_origin(hint) is UnionType:
        return None if value is None else _read_value(get_args(hint)[0], value, name)
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, Mapping):
            raise UnreadableEvent(f"{name} is not an object")
        return hint(**_read_fields(hint, value))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value not in list(hint):
            raise UnreadableEvent(f"{name} cannot be {value!r}")
        return hint(value)
    if type(value) is not hint:
        raise UnreadableEvent(f"{name} is not of type {hint.__name__}")
    return value
