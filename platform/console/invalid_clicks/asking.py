"""Which findings somebody wants to see, read out of an address."""

from dataclasses import dataclass, replace
from datetime import date

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from console.invalid_clicks.words import LATE_REASONS, STATES
from console.shops.naming import AskedShop, read_shop
from search.spending.contracts import FindingFilter, FindingState
from web.shapes import Tab

ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they stand in an address."""

    state: FindingState | None
    reason: str
    shop: AskedShop
    day: date | None

    @property
    def wanted(self) -> FindingFilter:
        return FindingFilter(
            states=(self.state,) if self.state else (), shop_id=self.shop.shop_id, reason=self.reason, day=self.day
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.reason or self.shop.typed or self.day)

    @property
    def query(self) -> str:
        """The filters as a query, for forms and files."""
        parts = {
            "state": self.state.value if self.state else ALL,
            "reason": self.reason,
            "shop": self.shop.typed,
            "day": self.day.isoformat() if self.day else "",
        }
        return urlencode({name: part for name, part in parts.items() if part})

    @property
    def scope(self) -> str:
        return f"ads-findings:{self.query}"


def read_asked(data: QueryDict) -> Asked:
    """What to decide first, unless something else is asked for. Raises `Http404` for words that name nothing."""
    state, reason, day = data.get("state") or FindingState.FOUND.value, data.get("reason", ""), data.get("day", "")
    try:
        return Asked(
            state=None if state == ALL else FindingState(state),
            reason=next(one.value for one in LATE_REASONS if one.value == reason) if reason else "",
            shop=read_shop(data),
            day=date.fromisoformat(day) if day else None,
        )
    except (ValueError, StopIteration) as error:
        raise Http404 from error


def list_tabs(asked: Asked, counts: dict[FindingState, int]) -> list[Tab]:
    """A tab for each state over the same filters. Counted is only what waits, over all filters."""
    address = reverse("console:ads-findings")

    def to(state: FindingState | None) -> str:
        return f"{address}?{replace(asked, state=state).query}"

    tabs = [Tab(str(STATES[state]), to(state), state is asked.state, counts.get(state)) for state in STATES]
    return [*tabs, Tab(gettext("All"), to(None), asked.state is None)]
