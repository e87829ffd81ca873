"""Caps, leases, decisions, events, charges and credits. Public schema; shops and campaigns only by id."""

from search.spending.models.caps import Cap, Lease, LeaseHolder
from search.spending.models.charges import ChargeHead, Credit, CreditPosting, Finding, HourCharge
from search.spending.models.events import AdEvent, Correction, DaySalt, Decision

__all__ = [
    "AdEvent",
    "Cap",
    "ChargeHead",
    "Correction",
    "Credit",
    "CreditPosting",
    "DaySalt",
    "Decision",
    "Finding",
    "HourCharge",
    "Lease",
    "LeaseHolder",
]
