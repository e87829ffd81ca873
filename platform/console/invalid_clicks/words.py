"""What findings are called, and the sentences of their evidence."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from search.auction.contracts import InvalidReason
from search.spending.contracts import FindingState, FindingView, GroupedBy
from search.spending.words import name_reason

STATES: Mapping[FindingState, str | Promise] = {
    FindingState.FOUND: pgettext_lazy("ad finding", "To decide"),
    FindingState.APPROVED: pgettext_lazy("ad finding", "Approved, not posted yet"),
    FindingState.POSTED: pgettext_lazy("ad finding", "Given back"),
    FindingState.REFUSED: pgettext_lazy("ad finding", "Charge stands"),
}
TONES = {FindingState.FOUND: "warn", FindingState.APPROVED: "choice", FindingState.POSTED: "good"}
GROUPS: Mapping[GroupedBy, str | Promise] = {
    GroupedBy.NETWORK: _("One network"),
    GroupedBy.PERSON: _("One device"),
}
LATE_REASONS = (
    InvalidReason.UNUSUAL_CLICK_RATE,
    InvalidReason.REGULAR_GAPS,
    InvalidReason.NO_DWELL,
    InvalidReason.ENDLESS_VIEWS,
    InvalidReason.RIVAL_DEVICE,
)
"""What is found later; the other reasons are found in line and never billed."""


def list_reasons() -> list[tuple[str, str]]:
    """Values and names of all that is found later."""
    return [(reason.value, name_reason(reason.value)) for reason in LATE_REASONS]


def join_reasons(finding: FindingView) -> str:
    """Every reason of a finding, in words."""
    return " · ".join(name_reason(reason) for reason in finding.reasons)
