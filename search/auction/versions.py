"""Rules and weights of places by version. A version that decided anything is never changed: add the next one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from search.auction.contracts import AuctionRules, PlaceWeights

RULES: Mapping[int, AuctionRules] = MappingProxyType(
    {1: AuctionRules(version=1, step_minor=1, least_quality=50, least_relevance_ppm=200_000)}
)

# The first entry is the whole. Measured click curves fall by about a third and then ever more slowly (Richardson,
# Dominowska, Ragno 2007); our own are estimated from the hold-out once there is traffic.
WEIGHTS: Mapping[int, PlaceWeights] = MappingProxyType(
    {
        1: PlaceWeights(
            1,
            (
                *(1_000_000, 680_000, 520_000, 430_000, 370_000, 330_000, 300_000, 275_000, 255_000, 240_000),
                *(228_000, 217_000, 207_000, 198_000, 190_000, 183_000, 176_000, 170_000, 165_000, 160_000),
            ),
        )
    }
)
CURRENT = 1

_Versioned = TypeVar("_Versioned")


class UnknownVersion(LookupError):
    """A decision names rules or weights that are not in the tables."""


def get_rules(version: int = CURRENT) -> AuctionRules:
    """Raises `UnknownVersion`."""
    return _get(RULES, version)


def get_weights(version: int = CURRENT) -> PlaceWeights:
    """Raises `UnknownVersion`."""
    return _get(WEIGHTS, version)


def _get(table: Mapping[int, _Versioned], version: int) -> _Versioned:
    try:
        return table[version]
    except KeyError:
        raise UnknownVersion(f"there is no version {version}") from None
