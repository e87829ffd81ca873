"""Reads the hand-written trades: one file a shop, with the kinds of goods it sells, their designs and editions.

A product is one design in one edition: a mug of a certain form in a certain glaze. What is said of a design and of an
edition is written so that every pair reads well in Chinese and in English; pairs that would not are listed as skipped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tenants.catalog.contracts import OptionDraft, ParameterValue, Text

GOODS = Path(__file__).parent / "goods"
PALETTE_FILE = "palette.toml"
OPENED = (
    "renzhen",
    "shanjian",
    "beian",
    "xiaoman",
    "tinglan",
    "zhaolu",
    "yedu",
    "mubai",
    "jimu",
    "manxing",
    "yiye",
    "qinghe",
    "fengwei",
    "taishang",
    "yuanzhang",
    "zhangshang",
    "lvshe",
)
"""The order in which the shops opened: an awning's colour follows from it."""


@dataclass(frozen=True, slots=True)
class Colour:
    """A named colour of goods."""

    name: Text
    solid: str


@dataclass(frozen=True, slots=True)
class Design:
    """One form of a kind of goods; prices are added to the kind's, in fen."""

    name: Text
    added_minor: int
    line: Text
    drawing: str
    category: str
    weight_grams: int


@dataclass(frozen=True, slots=True)
class Edition:
    """One execution of a design: a glaze, a size, a packing. `colour` is empty if it has none of its own."""

    name: Text
    added_minor: int
    colour: str
    line: Text


@dataclass(frozen=True, slots=True)
class Choice:
    """An option with what each value adds to the price, in fen."""

    option: OptionDraft
    added_minor: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of goods that one shop sells."""

    key: str
    title: Text
    subtitle: Text
    care: Text
    price_minor: int
    tags: tuple[str, ...]
    parameters: tuple[ParameterValue, ...]
    edition_parameter: Text
    choices: tuple[Choice, ...]
    designs: tuple[Design, ...]
    editions: tuple[Edition, ...]
    skipped: frozenset[tuple[int, int]]
    colours: tuple[str, ...]
    colours_each: int
    colour_option: Text
    accents: tuple[str, ...]
    """Solids, not names."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A shop and what it sells."""

    slug: str
    name: Text
    mark: str
    intro: Text
    promise: Text
    ships_from: str
    handling_hours: int
    freight_minor: int
    free_from_minor: int | None
    kinds: tuple[Kind, ...]


@cache
def list_trades() -> tuple[Trade, ...]:
    """All trades, in the order in which their shops opened."""
    return tuple(_trade(tomllib.loads((GOODS / f"{slug}.toml").read_text(encoding="utf-8"))) for slug in OPENED)


@cache
def load_palette() -> dict[str, Colour]:
    """The named colours."""
    entries = tomllib.loads((GOODS / PALETTE_FILE).read_text(encoding="utf-8"))
    return {key: Colour(Text(zh, en), solid) for key, (zh, en, solid) in entries.items()}


# Any below: what tomllib gives.


def _trade(entry: dict[str, Any]) -> Trade:
    shop = entry["shop"]
    return Trade(
        slug=shop["slug"],
        name=_text(shop["name"]),
        mark=shop["mark"],
        intro=_text(shop["intro"]),
        promise=_text(shop["promise"]),
        ships_from=shop["ships_from"],
        handling_hours=shop["handling_hours"],
        freight_minor=shop["freight"],
        free_from_minor=shop.get("free_from"),
        kinds=tuple(_kind(kind) for kind in entry["kinds"]),
    )


def _kind(entry: dict[str, Any]) -> Kind:
    return Kind(
        key=entry["key"],
        title=_text(entry["title"]),
        subtitle=_text(entry["subtitle"]),
        care=_text(entry["care"]),
        price_minor=entry["price"],
        tags=tuple(entry["tags"]),
        parameters=tuple(ParameterValue(_text(line[:2]), _text(line[2:])) for line in entry["parameters"]),
        edition_parameter=_text(entry["edition_parameter"]),
        choices=tuple(_choice(option) for option in entry["options"]),
        designs=tuple(_design(entry, number, line) for number, line in enumerate(entry["designs"])),
        editions=tuple(
            Edition(Text(zh, en), added, colour, Text(line_zh, line_en))
            for zh, en, added, colour, line_zh, line_en in entry["editions"]
        ),
        skipped=frozenset((design, edition) for design, edition in entry.get("skip", ())),
        colours=tuple(entry.get("colours", ())),
        colours_each=entry.get("colours_each", 1),
        colour_option=_text(entry.get("colour_option", ("颜色", "Colour"))),
        accents=tuple(load_palette()[name].solid for name in entry["accents"]),
    )


def _design(entry: dict[str, Any], number: int, line: Sequence[Any]) -> Design:
    zh, en, added, line_zh, line_en = line
    return Design(
        name=Text(zh, en),
        added_minor=added,
        line=Text(line_zh, line_en),
        drawing=_per_design(entry["drawing"], number),
        category=_per_design(entry["category"], number),
        weight_grams=_per_design(entry["weight"], number),
    )


def _choice(entry: Sequence[Any]) -> Choice:
    name, *values = entry
    return Choice(
        option=OptionDraft(name=_text(name), values=tuple(_text(value[:2]) for value in values)),
        added_minor=tuple(value[2] for value in values),
    )


def _per_design(value: Any, number: int) -> Any:
    return value[number] if isinstance(value, list) else value


def _text(pair: Sequence[str]) -> Text:
    return Text(zh=pair[0], en=pair[1])
