"""Writes of reports."""

from search.reports.services.counting import count_corrections, count_events
from search.reports.services.crediting import credit_sale, note_refund
from search.reports.services.qualities import count_qualities
from search.reports.services.sales import count_sale, find_last_click, join_visitor, purge_joined

__all__ = [
    "count_corrections",
    "count_events",
    "count_qualities",
    "count_sale",
    "credit_sale",
    "find_last_click",
    "join_visitor",
    "note_refund",
    "purge_joined",
]
