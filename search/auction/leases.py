"""Leases as arithmetic: what is granted out of caps, billed, and given back. Nothing here can exceed a cap.

The rows stand in tables; each change of a cap there is one conditional update with these numbers.
"""

from collections.abc import Sequence
from dataclasses import replace

from market.money import MICRO_PER_MINOR
from search.auction.contracts import Bill, Cap, Lease
from search.auction.contracts.units import HOUR_US, MINUTE_US

SHARE = 8
"""A lease takes this part of what is left, so that many workers find something and little is out near the end."""

SERVES_US = MINUTE_US
CLICK_LIFE_US = 2 * HOUR_US


class LeaseOverdrawn(ValueError):
    """More was billed out of a lease than it had, or more comes back to a cap than was taken."""


def size_grant(caps: Sequence[Cap], *, least_micro: int) -> int:
    """What to grant, in whole fen: a part of the smallest rest, at least `least_micro`, never more than the rest."""
    rest_micro = min(cap.rest_micro for cap in caps)
    size_micro = min(rest_micro, max(least_micro, rest_micro // SHARE))
    return size_micro - size_micro % MICRO_PER_MINOR


def grant(caps: Sequence[Cap], *, least_micro: int) -> tuple[list[Cap], Lease]:
    """The caps with a lease taken out of each, and the lease; an empty one where a cap has nothing left."""
    size = size_grant(caps, least_micro=least_micro)
    return [replace(cap, taken_micro=cap.taken_micro + size) for cap in caps], Lease(size)


def top_up(caps: Sequence[Cap], lease: Lease, price_micro: int) -> tuple[list[Cap], Lease]:
    """Before a bill: what the lease lacks for a price, out of the caps as far as they go.

    Without it the platform would bear the end of every lease, and not only that of a budget.
    """
    lacking_micro = max(0, price_micro - lease.rest_micro)
    rest_micro = min(cap.rest_micro for cap in caps)
    size = lacking_micro if lacking_micro <= rest_micro else rest_micro - rest_micro % MICRO_PER_MINOR
    topped_up = replace(lease, granted_micro=lease.granted_micro + size)
    return [replace(cap, taken_micro=cap.taken_micro + size) for cap in caps], topped_up


def bill(lease: Lease, price_micro: int) -> tuple[Lease, Bill]:
    """Take a price out of a lease, as far as it goes; the platform bears the rest. Raises ValueError for a negative."""
    if price_micro < 0:
        raise ValueError(f"a price of {price_micro}")
    billed = Bill(price_micro, lease.rest_micro)
    return replace(lease, billed_micro=lease.billed_micro + billed.billed_micro), billed


def give_back(caps: Sequence[Cap], lease: Lease) -> list[Cap]:
    """The caps after a lease ended or its worker died: granted less billed returns. Raises `LeaseOverdrawn`."""
    returned_micro = compute_return(lease.granted_micro, lease.billed_micro)
    if any(cap.taken_micro < returned_micro for cap in caps):
        raise LeaseOverdrawn(f"{returned_micro} comes back to a cap of which less is taken")
    return [replace(cap, taken_micro=cap.taken_micro - returned_micro) for cap in caps]


def compute_return(granted_micro: int, billed_micro: int) -> int:
    """Granted less the sum of billed events, never below zero. Raises `LeaseOverdrawn` where more was billed."""
    if not 0 <= billed_micro <= granted_micro:
        raise LeaseOverdrawn(f"{billed_micro} billed of {granted_micro}")
    return granted_micro - billed_micro


def compute_closing(granted_us: int, last_shown_us: int | None) -> int:
    """When a lease gives back: a minute after it was granted, or once what it showed can be clicked no more."""
    return granted_us + SERVES_US if last_shown_us is None else last_shown_us + CLICK_LIFE_US
