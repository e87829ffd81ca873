"""A made-up visit to a page with ads."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody asks for a page; `wanted_shop` is whose ad is clicked for sure, `clicks` the only place that is.

    A fraud clicks every ad; `dwell_ms` is how soon the page that follows is left, None where nobody tells.
    """

    at: datetime
    person: str
    number: int
    query: str
    wanted_shop: int | None = None
    is_fraud: bool = False
    dwell_ms: int | None = None
    clicks: int | None = None

    @property
    def is_usual(self) -> bool:
        """Whether it may turn out to be a robot's, and clicks as chance has it."""
        return self.wanted_shop is None and not self.is_fraud and self.clicks is None
