"""Reads of spending: leases, events and their feeds, decisions, charges, findings, health."""

from search.spending.selectors.charges import (
    HourNotFound,
    find_finding,
    get_charging_health,
    get_hour,
    list_charged,
    list_evidence,
    list_findings,
    list_hours,
    sum_credited,
)
from search.spending.selectors.counting import PlaceCount, count_by_place
from search.spending.selectors.decisions import (
    DecisionNotFound,
    Replay,
    get_decision,
    replay_decision,
    search_decisions,
)
from search.spending.selectors.events import (
    EventNotFound,
    NotExplained,
    count_reasons,
    explain_charge,
    get_event,
    list_events,
    list_touches,
    map_events,
    name_person_on,
)
from search.spending.selectors.feeds import read_corrections, read_events
from search.spending.selectors.leases import count_leases, list_caps, read_leases, sum_spent
from search.spending.selectors.targets import map_targets

__all__ = [
    "DecisionNotFound",
    "EventNotFound",
    "HourNotFound",
    "NotExplained",
    "PlaceCount",
    "Replay",
    "count_by_place",
    "count_leases",
    "count_reasons",
    "explain_charge",
    "find_finding",
    "get_charging_health",
    "get_decision",
    "get_event",
    "get_hour",
    "list_caps",
    "list_charged",
    "list_events",
    "list_evidence",
    "list_findings",
    "list_hours",
    "list_touches",
    "map_events",
    "map_targets",
    "name_person_on",
    "read_corrections",
    "read_events",
    "read_leases",
    "replay_decision",
    "search_decisions",
    "sum_credited",
    "sum_spent",
]
