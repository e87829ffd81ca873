"""Audiences that a campaign can be shown to, and how large they are."""

from dataclasses import dataclass
from enum import StrEnum

LEAST_PEOPLE = 1_000
"""An audience of fewer people is neither shown nor sold: it would say too much of single persons."""


class AudienceKind(StrEnum):
    """By what people of an audience are told apart."""

    INTEREST = "interest"
    DEVICE = "device"
    BUYER = "buyer"


@dataclass(frozen=True, slots=True)
class AudienceView:
    """One audience: its bit, what it is of (the id of an uppermost category, "mobile", "computer", "new", "known").

    `people` is None where there are fewer than `LEAST_PEOPLE`.
    """

    kind: AudienceKind
    bit: int
    key: str
    people: int | None

    @property
    def is_open(self) -> bool:
        return self.people is not None


@dataclass(frozen=True, slots=True)
class Reach:
    """Of everybody who came in a week, so many a targeting is for, at least; `people` is None where they are too few.

    `share_ppm` is what a forecast goes by.
    """

    people: int | None
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """People by bit and by province, and everybody, in the busiest week of 28 days; those who bought in the shop."""

    everybody: int
    by_bit: dict[int, int]
    by_region: dict[str, int]
