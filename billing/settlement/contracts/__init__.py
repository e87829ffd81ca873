"""What crosses the border of settlement."""

from billing.settlement.contracts.releases import ReleaseState, ReleaseView
from billing.settlement.contracts.statements import AccountStatement, KindSum, Period, Span, StatementView

__all__ = ["AccountStatement", "KindSum", "Period", "ReleaseState", "ReleaseView", "Span", "StatementView"]
