"""What spending does: leases, decisions, views and clicks, hours that are charged, credits."""

from search.spending.services.charging import HoursNotClosed, close_hours
from search.spending.services.closing import close_days
from search.spending.services.crediting import CreditsNotPosted, post_credits
from search.spending.services.deciding import (
    FindingDecided,
    FindingNotFound,
    FindingsChanged,
    NoReason,
    approve_finding,
    approve_findings,
    refuse_finding,
)
from search.spending.services.decisions import DECISIONS_AT_ONCE, store_decisions
from search.spending.services.keys import BadKeyRing, get_key_ring
from search.spending.services.late import find_late_invalid
from search.spending.services.leasing import close_due_leases, extend_leases, take_lease
from search.spending.services.leaving import give_back_leases, take_back_leases, tell_alive
from search.spending.services.lookups import forget_old_days
from search.spending.services.lowering import take_back_beyond
from search.spending.services.proving import prove_hours
from search.spending.services.purging import purge_old
from search.spending.services.rendered import note_rendered
from search.spending.services.reporting import find_target, record_click, record_dwell, record_views
from search.spending.services.salts import get_salts

__all__ = [
    "DECISIONS_AT_ONCE",
    "BadKeyRing",
    "CreditsNotPosted",
    "FindingDecided",
    "FindingNotFound",
    "FindingsChanged",
    "HoursNotClosed",
    "NoReason",
    "approve_finding",
    "approve_findings",
    "close_days",
    "close_due_leases",
    "close_hours",
    "extend_leases",
    "find_late_invalid",
    "find_target",
    "forget_old_days",
    "get_key_ring",
    "get_salts",
    "give_back_leases",
    "note_rendered",
    "post_credits",
    "prove_hours",
    "purge_old",
    "record_click",
    "record_dwell",
    "record_views",
    "refuse_finding",
    "store_decisions",
    "take_back_beyond",
    "take_back_leases",
    "take_lease",
    "tell_alive",
]
