"""How often one person may see an ad."""

from dataclasses import dataclass
from enum import StrEnum


class Window(StrEnum):
    """What a frequency cap counts over: an hour, a business day, the campaign's life."""

    HOUR = "hour"
    DAY = "day"
    LIFE = "life"


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most so many views of a person in a window."""

    window: Window
    most: int


@dataclass(frozen=True, slots=True)
class SeenCount:
    """A person's counted views of a campaign in each window that is running, and when the ad was decided on since.

    A decision holds a view for 30 seconds: two pages opened at once do not both pass the cap.
    """

    hour: int
    day: int
    life: int
    held_us: tuple[int, ...] = ()
