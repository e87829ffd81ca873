"""Reads of signals. Spans of days are business days, both ends included."""

from search.signals.selectors.audiences import map_audience_sizes
from search.signals.selectors.health import get_search_health
from search.signals.selectors.log import (
    is_counted,
    is_known,
    list_events,
    list_looks,
    list_looks_of_days,
    list_own_events,
)
from search.signals.selectors.offers import list_listing_figures, list_pair_figures, list_positions, map_lifts
from search.signals.selectors.queries import list_hot_words, list_queries, list_unanswered, sum_days

__all__ = [
    "get_search_health",
    "is_counted",
    "is_known",
    "list_events",
    "list_hot_words",
    "list_listing_figures",
    "list_looks",
    "list_looks_of_days",
    "list_own_events",
    "list_pair_figures",
    "list_positions",
    "list_queries",
    "list_unanswered",
    "map_audience_sizes",
    "map_lifts",
    "sum_days",
]
