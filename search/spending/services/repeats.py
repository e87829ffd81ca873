"""Which tokens are recorded already, as far as that is known without a lock."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from market.shops.backend.statements import ask
from search.listings.keeping import Memory
from search.spending.rules.arrays import write_array
from search.spending.selectors.partitions import name_source

MANY_REPEATS = 0.2
"""As a share of one, among the last tokens that the process did not know."""

LAST_TOKENS = 64
MOST_KNOWN = 20_000
USED = "SELECT json_agg(token) FROM {of_tokens} AS event WHERE day = ANY(%s::date[]) AND token = ANY(%s::uuid[])"
"""Which of some tokens are recorded: asked with the locks in hand, and before them while many are."""


class Repeats:
    """A process remembers the tokens that it came across.

    Only while many turn out to be recorded by others is asked for all of them first: a repeat waits for nobody's lease.
    Both the tokens and that share are memories, forgotten together with all others.
    """

    def __init__(self) -> None:
        self._known: Memory[bool] = Memory(MOST_KNOWN)
        self._share: Memory[float] = Memory(1)

    def find(self, tokens: Sequence[UUID], days: Collection[date]) -> set[UUID]:
        """Those that are known to be recorded; none or one statement. Others may be as well."""
        known = set(self._known.find_many(tokens))
        asked = [token for token in tokens if token not in known]
        if not asked or self.share < MANY_REPEATS:
            return known
        sql = USED.format(of_tokens=name_source("spending_adevent", days))
        [(tokens_found,)] = ask(sql, [write_array(sorted(days)), write_array(asked)])
        found = set(map(UUID, tokens_found or ()))
        self._note(found, len(found), len(asked))
        return known | found

    def note(self, tokens: Collection[UUID], *, repeated: int) -> None:
        """Tokens that went through the locks and are recorded and committed now; so many of them were before."""
        self._note(tokens, repeated, len(tokens))

    @property
    def share(self) -> float:
        """How many of the last tokens that were not known were recorded all the same, of one."""
        return self._share.find("share") or 0.0

    def _note(self, recorded: Collection[UUID], repeated: int, of: int) -> None:
        for token in recorded:
            self._known.keep(token, True)
        if of:
            weight = min(1.0, of / LAST_TOKENS)
            self._share.keep("share", self.share + weight * (repeated / of - self.share))
