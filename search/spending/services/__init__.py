"""What spending does: leases, decisions, views and clicks, hours that are charged, credits."""

from search.spending.services.decisions import store_decisions
from search.spending.services.keys import BadKeyRing, get_key_ring
from search.spending.services.leasing import close_due_leases, extend_leases, take_lease
from search.spending.services.rendered import note_rendered
from search.spending.services.reporting import record_click, record_dwell, record_views

__all__ = [
    "BadKeyRing",
    "close_due_leases",
    "extend_leases",
    "get_key_ring",
    "note_rendered",
    "record_click",
    "record_dwell",
    "record_views",
    "store_decisions",
    "take_lease",
]
