"""What crosses the border of spending. No Django. `_micro` is millionths of a fen; days are business days."""

from search.spending.contracts.charges import ChargingHealth, FindingState, FindingView, GroupedBy, HourView
from search.spending.contracts.clicks import AdTarget, ClickOutcome, ClickReport, VisitorFacts
from search.spending.contracts.decisions import DecisionLine, DecisionView, StoredDecision
from search.spending.contracts.events import (
    AdEventView,
    Correction,
    CorrectionKind,
    Explanation,
    FeedPosition,
)
from search.spending.contracts.leases import CapView, LeaseCount, LeaseView

__all__ = [
    "AdEventView",
    "AdTarget",
    "CapView",
    "ChargingHealth",
    "ClickOutcome",
    "ClickReport",
    "Correction",
    "CorrectionKind",
    "DecisionLine",
    "DecisionView",
    "Explanation",
    "FeedPosition",
    "FindingState",
    "FindingView",
    "GroupedBy",
    "HourView",
    "LeaseCount",
    "LeaseView",
    "StoredDecision",
    "VisitorFacts",
]
