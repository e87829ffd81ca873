"""Charts as server-rendered SVG: geometry here, strokes and colours by class in components.css. Pure: no Django.

The drawing is 600 x 100 units and stretched; every label is HTML around it, so that text never shrinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

WIDTH, HEIGHT, GRID_LINES = 600, 100, 4
MOST_LABELS = 7
"""All days of a week fit under the axis of a phone."""


@dataclass(frozen=True, slots=True)
class ChartRow:
    """The numbers of one moment, as the table under the chart shows them."""

    label: str
    value: str
    before: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of a bar chart, in drawing units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart. `finding` tells in a sentence what it shows; it is the drawing's accessible name.

    `x_labels` has one for each point or bar, so that it stands under it; most of a long axis are empty.
    """

    finding: str
    name: str
    before_name: str
    line: str
    wash: str
    before: str
    end: tuple[float, float] | None
    bars: tuple[Bar, ...]
    y_labels: tuple[str, ...]
    x_labels: tuple[str, ...]
    grid: tuple[float, ...]
    rows: tuple[ChartRow, ...]


def nice_ceiling(highest: float) -> float:
    """The end of the scale: the next 1, 2, 2.5, 5 or 10 times a power of ten, so that four steps read well."""
    if highest <= 0:
        return float(GRID_LINES)
    power = 10.0 ** floor(log10(highest))
    step = next(step for step in (1, 2, 2.5, 4, 5, 10) if highest <= step * power * (1 + 1e-9))
    return max(step * power, float(GRID_LINES))


def _places(values: Sequence[float], ceiling: float, last_index: int) -> list[tuple[float, float]]:
    step = WIDTH / max(last_index, 1)
    return [(round(i * step, 1), round(HEIGHT - HEIGHT * value / ceiling, 1)) for i, value in enumerate(values)]


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)


def _thin(labels: Sequence[str]) -> tuple[str, ...]:
    """One label for each point, empty where none fits: the first, the last and a few evenly between."""
    last = len(labels) - 1
    if last < MOST_LABELS:
        return tuple(labels)
    gaps = next((gaps for gaps in (4, 3) if last % gaps == 0), 4)
    shown = {round(i * last / gaps) for i in range(gaps + 1)}
    return tuple(label if i in shown else "" for i, label in enumerate(labels))


def _scale_label(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _rows(labels: Sequence[str], texts: Sequence[str], before: Sequence[str]) -> tuple[ChartRow, ...]:
    return tuple(
        ChartRow(label, texts[i] if i < len(texts) else "", before[i] if i < len(before) else "")
        for i, label in enumerate(labels)
    )


def _scale(ceiling: float) -> tuple[tuple[str, ...], tuple[float, ...]]:
    labels = tuple(_scale_label(ceiling * (GRID_LINES - i) / GRID_LINES) for i in range(GRID_LINES + 1))
    return labels, tuple(HEIGHT * i / GRID_LINES for i in range(GRID_LINES))


def draw_line(
    *,
    finding: str,
    labels: Sequence[str],
    values: Sequence[float],
    before: Sequence[float] = (),
    texts: Sequence[str] = (),
    before_texts: Sequence[str] = (),
    names: tuple[str, str] = ("", ""),
    last_at: float | None = None,
) -> Chart:
    """A line over its labels, with the period before dashed. Values are in the unit that the head names.

    `values` may be shorter than `labels` (a day that is not over), and the last one may stand between two labels:
    `last_at` 10.25 is a quarter of the way from the eleventh to the twelfth. `texts` are the figures of the table.
    Raises `ValueError` when there are more values than labels.
    """
    if max(len(values), len(before)) > len(labels):
        raise ValueError("a chart has more values than labels")
    ceiling = nice_ceiling(max([*values, *before, 0]))
    places = _places(values, ceiling, len(labels) - 1)
    if places and last_at is not None:
        places[-1] = (round(last_at * WIDTH / max(len(labels) - 1, 1), 1), places[-1][1])
    y_labels, grid = _scale(ceiling)
    return Chart(
        finding=finding,
        name=names[0],
        before_name=names[1],
        line=_points(places),
        wash=_points([(0.0, 100.0), *places, (places[-1][0], 100.0)]) if places else "",
        before=_points(_places(before, ceiling, len(labels) - 1)),
        end=places[-1] if places else None,
        bars=(),
        y_labels=y_labels,
        x_labels=_thin(labels),
        grid=grid,
        rows=_rows(
            labels, texts or [_scale_label(v) for v in values], before_texts or [_scale_label(v) for v in before]
        ),
    )


def draw_bars(*, finding: str, labels: Sequence[str], values: Sequence[float], texts: Sequence[str] = ()) -> Chart:
    """One column per label. Raises `ValueError` when labels and values differ in number."""
    if len(values) != len(labels):
        raise ValueError("a bar chart needs one value per label")
    ceiling = nice_ceiling(max([*values, 0]))
    slot = WIDTH / max(len(values), 1)
    heights = [round(HEIGHT * value / ceiling, 1) for value in values]
    bars = tuple(
        Bar(round(i * slot + slot * 0.2, 1), round(HEIGHT - height, 1), round(slot * 0.6, 1), height)
        for i, height in enumerate(heights)
    )
    y_labels, grid = _scale(ceiling)
    rows = _rows(labels, texts or [_scale_label(v) for v in values], ())
    return Chart(finding, "", "", "", "", "", None, bars, y_labels, tuple(labels), grid, rows)
