"""The contrast of every pair of colours that pages use, in both themes."""

import pytest

from tests.web.colours import LINE_PAIRS, TEXT_PAIRS, contrast, read_themes

THEMES = ("light", "dark")


def _ratios(theme: str, pairs: tuple[tuple[str, str], ...]) -> dict[tuple[str, str], float]:
    colours = read_themes()[theme]
    return {(front, ground): contrast(colours[front], colours[ground]) for front, ground in pairs}


def test_a_hundred_and_seven_pairs_are_measured() -> None:
    assert len(set(TEXT_PAIRS + LINE_PAIRS)) == 107


def test_black_on_white_measures_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read(theme: str) -> None:
    poor = {pair: ratio for pair, ratio in _ratios(theme, TEXT_PAIRS).items() if ratio < 4.5}
    assert not poor


@pytest.mark.parametrize("theme", THEMES)
def test_lines_of_controls_stars_and_charts_can_be_seen(theme: str) -> None:
    poor = {pair: ratio for pair, ratio in _ratios(theme, LINE_PAIRS).items() if ratio < 3}
    assert not poor


@pytest.mark.parametrize(
    ("theme", "pairs", "pair", "lowest"),
    [
        ("light", TEXT_PAIRS, ("money", "choice-soft"), 4.58),
        ("dark", TEXT_PAIRS, ("on-pay", "pay"), 4.90),
        ("light", LINE_PAIRS, ("series-3", "surface-sunken"), 3.02),
        ("dark", LINE_PAIRS, ("line-strong", "surface-sunken"), 3.63),
    ],
)
def test_the_lowest_contrast_is_the_known_one(
    theme: str, pairs: tuple[tuple[str, str], ...], pair: tuple[str, str], lowest: float
) -> None:
    ratios = _ratios(theme, pairs)
    assert min(ratios, key=lambda each: ratios[each]) == pair
    assert round(ratios[pair], 2) == lowest


def test_both_blocks_of_the_dark_theme_are_equal() -> None:
    themes = read_themes()
    assert themes["system-dark"] == themes["chosen-dark"]
    assert len(themes["system-dark"]) > 40
