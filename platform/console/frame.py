"""Renders a page of the console with what its frame shows: the counts on the rail, and what one may do."""

from typing import Any  # Any: template contexts are open by nature

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from billing.ledger.contracts import PosterHealth
from billing.ledger.selectors import get_poster_health
from billing.settlement.contracts.reconciling import FindingState
from billing.settlement.selectors.payouts import count_payouts
from billing.settlement.selectors.reconciling import count_unsettled_findings
from console.access import FINANCE, REVIEWERS, has_role
from console.words import name_role
from market.outbox.contracts import OutboxHealth
from market.outbox.selectors import count_parked
from market.shops.contracts import ShopStatus
from market.shops.selectors import count_shops_by_status
from search.campaigns.selectors import count_waiting
from search.spending.contracts import FindingState as AdFindingState
from search.spending.selectors import count_open_findings


class Rail:
    """What waits behind the doors of the rail. Counts that a view has read already are handed in."""

    def __init__(
        self,
        *,
        shops: dict[ShopStatus, int] | None = None,
        outbox: OutboxHealth | None = None,
        poster: PosterHealth | None = None,
        pictures_to_review: int | None = None,
    ) -> None:
        now = timezone.now()
        shops = shops if shops is not None else count_shops_by_status()
        poster = poster or get_poster_health(now)
        self.to_review = shops[ShopStatus.APPLIED]
        self.parked_events = outbox.parked if outbox else count_parked()
        self.parked_postings = poster.parked
        self.payouts_to_approve = count_payouts()["asked"]
        self.open_findings = count_unsettled_findings()[FindingState.OPEN]
        self.pictures_to_review = pictures_to_review if pictures_to_review is not None else count_waiting()
        self.invalid_clicks = count_open_findings()[AdFindingState.FOUND]


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    rail: Rail | None = None,
    status: int = 200,
) -> HttpResponse:
    """A whole page of the console."""
    own_role = getattr(request.user, "staff_role", "")
    page = {
        "rail": rail or Rail(),
        "role": name_role(own_role),
        "may_review": has_role(request, *REVIEWERS),
        "may_money": has_role(request, *FINANCE),
        **(context or {}),
    }
    return render(request, f"console/{template}", page, status=status)
