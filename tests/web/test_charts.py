"""The geometry of charts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.charts import HEIGHT, WIDTH, draw_bars, draw_line, nice_ceiling


@given(st.floats(min_value=0.001, max_value=1e12))
def test_the_scale_is_never_lower_than_the_highest_value_and_at_most_two_and_a_half_times(highest: float) -> None:
    ceiling = nice_ceiling(highest)
    assert highest <= ceiling * (1 + 1e-6)
    assert ceiling <= max(4.0, highest * 2.51)


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=60))
def test_every_point_of_a_line_lies_inside_the_drawing(values: list[int]) -> None:
    chart = draw_line(finding="", labels=[str(i) for i in range(len(values))], values=values)
    points = [tuple(map(float, pair.split(","))) for pair in chart.line.split()]
    assert len(points) == len(values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


def test_a_day_that_is_not_over_ends_the_line_early() -> None:
    chart = draw_line(finding="", labels=list("abcde"), values=[1, 2, 4], before=[4, 4, 4, 4, 4])
    assert chart.end == (300.0, 0.0)
    assert chart.before.split()[-1] == "600.0,0.0"
    assert [row.value for row in chart.rows] == ["1", "2", "4", "", ""]


def test_the_last_value_may_stand_between_two_labels() -> None:
    chart = draw_line(finding="", labels=list("abcdefg"), values=[0, 1, 2], last_at=1.25)
    assert [float(point.split(",")[0]) for point in chart.line.split()] == [0, 100, 125]
    assert chart.end and chart.end[0] == 125


def test_more_values_than_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="more values"):
        draw_line(finding="", labels=["a"], values=[1, 2])
    with pytest.raises(ValueError, match="one value per label"):
        draw_bars(finding="", labels=["a"], values=[1, 2])


def test_no_sales_at_all_still_draw_a_line_on_the_ground() -> None:
    chart = draw_line(finding="", labels=["a", "b"], values=[0, 0])
    assert chart.line == "0.0,100.0 600.0,100.0"
    assert chart.y_labels == ("4", "3", "2", "1", "0")


def test_an_empty_line_draws_nothing() -> None:
    chart = draw_line(finding="", labels=[], values=[])
    assert (chart.line, chart.wash, chart.end) == ("", "", None)


@pytest.mark.parametrize(
    ("points", "shown"),
    [
        (1, [0]),
        (7, [0, 1, 2, 3, 4, 5, 6]),
        (14, [0, 3, 6, 10, 13]),
        (24, [0, 6, 12, 17, 23]),
        (25, [0, 6, 12, 18, 24]),
        (28, [0, 9, 18, 27]),
        (30, [0, 7, 14, 22, 29]),
        (31, [0, 10, 20, 30]),
        (90, [0, 22, 44, 67, 89]),
    ],
)
def test_every_label_belongs_to_its_point(points: int, shown: list[int]) -> None:
    chart = draw_line(finding="", labels=[str(i) for i in range(points)], values=[1] * points)
    assert [(i, label) for i, label in enumerate(chart.x_labels) if label] == [(i, str(i)) for i in shown]
    assert len(chart.x_labels) == points
