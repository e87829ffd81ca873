"""What a new marketplace sells: places of the home page, by the day."""

from search.campaigns.contracts import PageKind
from search.slots.contracts import LotUnit, SlotKind, SlotTerms
from tenants.catalog.contracts import Text

_USUAL = (
    (SlotKind.CAROUSEL, 3, 400, 20_000, Text("首页轮播", "Home carousel")),
    (SlotKind.BANNER, 2, 200, 8_000, Text("首页横幅", "Home banner")),
)
"""Kind, how many, height of its picture, lowest price in fen, name."""


def list_usual() -> list[SlotTerms]:
    """The usual places of the home page."""
    return [
        SlotTerms(
            key=f"home-{kind.value}-{position}",
            page=PageKind.HOME,
            kind=kind,
            position=position,
            width=1_200,
            height=height,
            unit=LotUnit.DAY,
            length=1,
            days_ahead=7,
            closes_minutes=60,
            reserve_minor=reserve_minor,
            step_minor=1_000,
            name=Text(f"{name.zh}{position}", f"{name.en} {position}"),
        )
        for kind, count, height, reserve_minor, name in _USUAL
        for position in range(1, count + 1)
    ]
