"""How engines put pinned listings first: by scores that no words reach, so paging and cursors know nothing of it."""

from collections.abc import Iterator, Sequence

LEAST_PIN_SCORE = 1_000_000.0
"""Far above what words and demand can score together."""

STEP = 4.0
"""Between one place and the next: more than demand and the rest multiply a score by."""


def score_pins(pinned: Sequence[int]) -> Iterator[tuple[int, float]]:
    """Each pinned listing with its score, the first the highest. Ten places fit into a float of 32 bits."""
    for place, listing_id in enumerate(reversed(pinned)):
        yield listing_id, LEAST_PIN_SCORE * STEP**place
