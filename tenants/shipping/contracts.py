"""What crosses the border of freight."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FreightTerms:
    """Flat freight of a shop, in minor units; free from a goods total on, if one is set."""

    flat_minor: int
    free_from_minor: int | None
    ships_from: str
    handling_hours: int
