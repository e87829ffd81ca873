"""Who is shown no ads, so that what ads really add can be said.

Whoever is held out has the same auctions held, and what would have been shown is noted (ghost ads: Johnson, Lewis,
Nubbemeyer 2017): so only people are compared for whom the same shop's ad won.
"""

import hmac

from search.auction.contracts.units import PPM


def is_held_out(person: str, period: str, *, key: bytes, part_ppm: int) -> bool:
    """Whether a visitor is shown no ads in a period; nobody unknown is. Another period draws anew."""
    if not person or part_ppm <= 0:
        return False
    digest = hmac.digest(key, f"holdout:{period}:{person}".encode(), "sha256")
    return int.from_bytes(digest[:8], "big") % PPM < part_ppm
