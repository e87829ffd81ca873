"""Uploaded pictures become clean renditions; what could hurt is refused before it is decoded."""

import contextlib
import hashlib
import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from market.media.pictures import BadPicture, check_drawing, render_picture


def encode(width=800, height=600, kind="JPEG", mode="RGB", **options):
    target = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert(mode).save(target, kind, **options)
    return target.getvalue()


def opened(rendered, name):
    return Image.open(io.BytesIO(rendered.renditions[name]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_every_format_we_take_becomes_avif_and_webp(kind):
    rendered = render_picture(encode(700, 350, kind))
    assert (rendered.width, rendered.height) == (700, 350)
    assert set(rendered.renditions) == {f"{w}.{f}" for w in (320, 640) for f in ("avif", "webp")}
    assert opened(rendered, "640.webp").size == (640, 320)


def test_a_small_picture_is_kept_at_its_own_width_and_never_enlarged():
    assert set(render_picture(encode(100, 50)).renditions) == {"100.avif", "100.webp"}
    assert "800.webp" in render_picture(encode(800, 50)).renditions


def test_a_large_one_is_kept_at_1600():
    rendered = render_picture(encode(4000, 2000))
    assert (rendered.width, rendered.height) == (1600, 800)
    assert max(int(name.split(".")[0]) for name in rendered.renditions) == 1600


def test_a_turned_photo_is_set_upright_and_loses_its_metadata():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "CANARY where I live"
    rendered = render_picture(encode(640, 320, exif=exif))
    assert (rendered.width, rendered.height) == (320, 640)
    for name, data in rendered.renditions.items():
        assert b"CANARY" not in data and not dict(opened(rendered, name).getexif())


def test_transparency_stays():
    target = io.BytesIO()
    Image.new("RGBA", (320, 320), (255, 0, 0, 80)).save(target, "PNG")
    rendered = render_picture(target.getvalue())
    assert opened(rendered, "320.webp").mode == "RGBA"


def test_of_an_animation_the_first_frame_is_taken():
    frames = [Image.new("RGB", (320, 320), colour) for colour in ("red", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    red, _, blue = opened(render_picture(target.getvalue()), "320.webp").convert("RGB").getpixel((5, 5))
    assert red > 200 > blue


def bomb(width, height):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(30_000, 30_000), (13_000, 10), (7000, 7000)])
def test_a_bomb_is_refused_by_its_header(size):
    with pytest.raises(BadPicture) as raised:
        render_picture(bomb(*size))
    assert raised.value.code == "picture_too_many_pixels"


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", b"%PDF-1.7", encode()[:400], bomb(10, 10)])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(BadPicture) as raised:
        render_picture(content)
    assert raised.value.code == "picture_unreadable"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]), st.integers(0, 300))
def test_broken_bytes_are_refused_or_rendered_and_nothing_else(noise, kind, at):
    whole = bytearray(encode(40, 30, kind))
    whole[at : at + len(noise)] = noise
    with contextlib.suppress(BadPicture):
        assert render_picture(bytes(whole)).renditions


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800"><use href="#a"/></svg>'


def test_a_drawing_of_ours_is_kept_as_it_is():
    rendered = check_drawing(SVG)
    assert (rendered.width, rendered.renditions) == (800, {"svg": SVG})


@pytest.mark.parametrize(
    "part",
    [
        b"<script>1</script>",
        b'<g onload="x()"/>',
        b'<a href="https://x"/>',
        b'<image xlink:href="//x"/>',
        b"<foreignObject/>",
        b"<!ENTITY x>",
    ],
)
def test_a_drawing_with_anything_active_is_refused(part):
    with pytest.raises(BadPicture):
        check_drawing(SVG.replace(b"<use", part + b"<use"))


def test_renditions_are_the_same_for_the_same_bytes():
    digests = {hashlib.sha256(render_picture(encode(320, 200)).renditions["320.avif"]).digest() for _ in range(2)}
    assert len(digests) == 1
