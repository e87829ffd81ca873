"""What crosses the border of settlement."""

from billing.settlement.contracts.releases import ReleaseState, ReleaseView

__all__ = ["ReleaseState", "ReleaseView"]
