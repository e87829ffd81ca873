"""Hands out the colours of pictures so that no two goods look alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onebox.demo.colours import ground_for, nudged, readable_accent
from onebox.demo.pictures import MOTIFS, Palette, colour_bearer, takes_motif

MOST_NUDGES = 12


class NoColoursLeft(LookupError):
    """A drawing was asked for in one colour more often than it can be told apart."""


class PaletteBook:
    """Remembers which palettes a drawing has been given."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, Palette]] = set()

    def claim(self, drawing: str, solid: str, accents: Sequence[str], turn: int) -> Palette:
        """A palette in this colour that no other picture of the drawing has. Raises NoColoursLeft."""
        for palette in _candidates(drawing, solid, accents, turn):
            if (drawing, palette) not in self._taken:
                self._taken.add((drawing, palette))
                return palette
        raise NoColoursLeft(f"{drawing} {solid}")


def choose_motif(drawing: str, turn: int) -> str:
    """The figure a design wears: the same in all its editions; every fourth design stays plain."""
    if not takes_motif(drawing) or turn % 4 == 3:
        return ""
    names = sorted(MOTIFS)
    return names[turn % len(names)]


def _candidates(drawing: str, solid: str, accents: Sequence[str], turn: int) -> Iterator[Palette]:
    for step in range(MOST_NUDGES):
        named = nudged(solid, step) if step else solid
        for offset in range(len(accents)):
            other = readable_accent(named, accents, turn + offset)
            main, accent = (other, named) if colour_bearer(drawing) == "accent" else (named, other)
            yield Palette(main, accent, ground_for(main, accent))
