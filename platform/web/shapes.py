"""What views hand to parts: small frozen shapes without business in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class SumRow:
    """One line of the sum form. `kind`: "less" is a deduction, "total" closes with the double rule."""

    label: str
    amount_minor: int = 0
    note: str = ""
    kind: Literal["plain", "less", "total"] = "plain"
    text: str = ""  # instead of an amount: a count, a code


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way: done, now or still to come."""

    label: str
    state: Literal["done", "now", "next"] = "next"
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab; `count` stands beside the label."""

    label: str
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log, newest first: what happened, when, and who did it."""

    text: str
    at: datetime | None = None
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class OptionValue:
    """One value of an option: still sold or not, with the picture that shows it."""

    label: str
    value: str
    picture: object | None = None
    sold: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """One choice a shopper makes; `chosen` is the value of the ticked one."""

    name: str
    field: str
    values: Sequence[OptionValue]
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Sellable:
    """One combination for the variant picker. `choices` are the option values in the order of the options."""

    variant_id: int
    choices: tuple[str, ...]
    price_minor: int
    was_minor: int | None = None
    sold: bool = True
    note: str = ""  # about stock: "only 7 left"
    picture: int | None = None  # index into the gallery
