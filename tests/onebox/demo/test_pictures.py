"""The pictures: valid, small, readable, and no two alike."""

import re
from collections import Counter
from xml.etree import ElementTree

import pytest

from market.media.pictures import check_drawing
from onebox.demo.catalogue import DemoPicture, build_catalogue
from onebox.demo.colours import GROUND_LIGHTNESS, LEAST_CONTRAST, contrast, ground_for, lightness, readable_accent
from onebox.demo.pictures import (
    MOTIFS,
    Palette,
    PictureSpec,
    UnknownDrawing,
    View,
    can_pair,
    draw,
    list_drawings,
    load_drawing,
    takes_motif,
)

SMALLEST, LARGEST = 2 * 1024, 6 * 1024


def _pictures() -> list[DemoPicture]:
    return [picture for shop in build_catalogue() for product in shop.products for picture in product.pictures]


def test_no_two_pictures_are_the_same_file() -> None:
    files = Counter(draw(picture.spec) for picture in _pictures())
    assert len(files) > 1500
    assert max(files.values()) == 1


def test_no_two_pictures_share_drawing_colours_and_view() -> None:
    looks = Counter((p.spec.drawing, p.spec.palette, p.spec.view) for p in _pictures())
    assert max(looks.values()) == 1


def test_every_picture_is_a_small_drawing_that_media_takes() -> None:
    for picture in _pictures():
        svg = draw(picture.spec)
        assert SMALLEST <= len(svg) <= LARGEST, picture.spec
        rendered = check_drawing(svg)
        assert (rendered.width, rendered.height) == (800, 800)


def test_main_and_accent_stand_apart_on_a_light_ground() -> None:
    low, high = GROUND_LIGHTNESS
    for picture in _pictures():
        palette = picture.spec.palette
        assert contrast(palette.main, palette.accent) >= LEAST_CONTRAST, picture.spec
        assert low <= lightness(palette.ground) <= high, picture.spec


def test_white_goods_get_a_darker_ground() -> None:
    assert lightness(ground_for("#f4efe6", "#2f6f8f")) < lightness(ground_for("#7fa99b", "#2f4b63"))


def test_an_accent_too_near_is_passed_over_or_moved_away() -> None:
    assert readable_accent("#2f4b63", ["#3a2f2a", "#f4efe6"]) == "#f4efe6"
    assert contrast("#8d969c", readable_accent("#8d969c", ["#9db09a"])) >= LEAST_CONTRAST


@pytest.mark.parametrize("name", list_drawings())
def test_a_drawing_defines_its_three_solids_once_and_uses_them(name: str) -> None:
    drawing = load_drawing(name)
    for solid in ("main", "accent", "ground"):
        assert len(re.findall(rf'id="{solid}"', drawing.head)) == 1
    assert "url(#main)" in drawing.body
    assert "url(#accent)" in drawing.body
    assert not re.search(r"<(filter|mask|text|image|script|style)\b", drawing.head + drawing.body)


@pytest.mark.parametrize("name", list_drawings())
def test_every_view_of_a_drawing_is_well_formed_and_shows_the_colours_asked_for(name: str) -> None:
    palette = Palette("#123456", "#fedcba", "#e4ebe6")
    for view in View:
        if view is View.PAIR and not can_pair(name):
            continue
        motif = next(iter(MOTIFS)) if takes_motif(name) else ""
        svg = draw(PictureSpec(name, palette, view, motif)).decode()
        ElementTree.fromstring(svg)
        for colour in ("#123456", "#fedcba", "#e4ebe6"):
            assert svg.count(f'stop-color="{colour}"') == 1
        used = set(re.findall(r"url\(#(\w+)\)", svg)) | set(re.findall(r'href="#(\w+)"', svg))
        assert used <= set(re.findall(r'id="(\w+)"', svg))


def test_an_unknown_drawing_is_refused() -> None:
    with pytest.raises(UnknownDrawing):
        load_drawing("zeppelin")
