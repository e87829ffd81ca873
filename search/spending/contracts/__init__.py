"""What crosses the border of spending. No Django. `_micro` is millionths of a fen; days are business days."""

from search.spending.contracts.charges import ChargeFilter, ChargingHealth, HourSum, HourView, Trouble, UnclosedHour
from search.spending.contracts.clicks import AdTarget, ClickOutcome, ClickReport, VisitorFacts
from search.spending.contracts.decisions import DecisionLine, DecisionPosition, DecisionView, StoredDecision
from search.spending.contracts.events import (
    AdEventView,
    Correction,
    CorrectionKind,
    Explanation,
    FeedPosition,
)
from search.spending.contracts.findings import (
    CreditPostingView,
    FindingFilter,
    FindingState,
    FindingSum,
    FindingView,
    GroupedBy,
)
from search.spending.contracts.leases import CapView, LeaseCount, LeaseView

__all__ = [
    "AdEventView",
    "AdTarget",
    "CapView",
    "ChargeFilter",
    "ChargingHealth",
    "ClickOutcome",
    "ClickReport",
    "Correction",
    "CorrectionKind",
    "CreditPostingView",
    "DecisionLine",
    "DecisionPosition",
    "DecisionView",
    "Explanation",
    "FeedPosition",
    "FindingFilter",
    "FindingState",
    "FindingSum",
    "FindingView",
    "GroupedBy",
    "HourSum",
    "HourView",
    "LeaseCount",
    "LeaseView",
    "StoredDecision",
    "Trouble",
    "UnclosedHour",
    "VisitorFacts",
]
