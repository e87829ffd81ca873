"""What a proof of the books came to, as it was stored."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StoredProof:
    """All of the books as they were at `proven_at`; each list names what did not hold then, at most 100 of each.

    What has not cleared and what waits to be posted are not in it: both change by the minute and are cheap to ask.
    """

    proven_at: datetime
    took_ms: int
    transactions: int
    entries: int
    accounts: int
    unbalanced: tuple[str, ...]
    wrong_accounts: tuple[str, ...]
    broken_floors: tuple[str, ...]
    wrong_holds: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not (self.unbalanced or self.wrong_accounts or self.broken_floors or self.wrong_holds)
