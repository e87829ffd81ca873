"""Reads of spending: leases, events and their feeds, decisions, charges, findings, health."""

from search.spending.selectors.charges import (
    HourNotFound,
    get_charging_health,
    get_hour,
    list_charged,
    list_hours,
)
from search.spending.selectors.counting import PlaceCount, count_by_place
from search.spending.selectors.decisions import (
    DecisionNotFound,
    Replay,
    SearchTooLong,
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
from search.spending.selectors.findings import (
    count_open_findings,
    find_finding,
    list_credit_postings,
    list_evidence,
    list_findings,
    map_corrections,
    map_finding_campaigns,
    map_findings,
    sum_credited,
    sum_findings,
)
from search.spending.selectors.hours import list_charges, list_unclosed_hours, sum_hours
from search.spending.selectors.leases import count_leases, list_caps, read_leases, sum_shop_spent, sum_spent
from search.spending.selectors.targets import map_targets

__all__ = [
    "DecisionNotFound",
    "EventNotFound",
    "HourNotFound",
    "NotExplained",
    "PlaceCount",
    "Replay",
    "SearchTooLong",
    "count_by_place",
    "count_leases",
    "count_open_findings",
    "count_reasons",
    "explain_charge",
    "find_finding",
    "get_charging_health",
    "get_decision",
    "get_event",
    "get_hour",
    "list_caps",
    "list_charged",
    "list_charges",
    "list_credit_postings",
    "list_events",
    "list_evidence",
    "list_findings",
    "list_hours",
    "list_touches",
    "list_unclosed_hours",
    "map_corrections",
    "map_events",
    "map_finding_campaigns",
    "map_findings",
    "map_targets",
    "name_person_on",
    "read_corrections",
    "read_events",
    "read_leases",
    "replay_decision",
    "search_decisions",
    "sum_credited",
    "sum_findings",
    "sum_hours",
    "sum_shop_spent",
    "sum_spent",
]
