"""What pages weigh, and that nothing inline slips in."""

import re
from pathlib import Path

import brotli
import pytest

STATIC = Path(__file__).resolve().parents[2] / "platform" / "web" / "static" / "web"
ROOT = Path(__file__).resolve().parents[2]
STYLES = ("tokens.css", "components.css", "faces.css")
TEMPLATES = [
    path
    for folder in ("platform", "storefront", "merchant_portal")
    for path in sorted((ROOT / folder).rglob("templates/**/*.html"))
]


def _compressed(path: Path) -> int:
    return len(brotli.compress(path.read_bytes(), quality=11))


def test_the_styles_stay_under_sixty_kilobytes_and_thirteen_compressed() -> None:
    assert sum((STATIC / name).stat().st_size for name in STYLES) <= 60 * 1024
    assert sum(_compressed(STATIC / name) for name in STYLES) < 13 * 1024


def test_the_scripts_stay_under_thirty_kilobytes_compressed() -> None:
    scripts = [*STATIC.glob("js/*.js"), *STATIC.glob("vendor/*.js")]
    assert len(scripts) >= 8
    assert sum(_compressed(path) for path in scripts) <= 30 * 1024


def test_the_sprite_holds_no_colour_and_no_script() -> None:
    sprite = (STATIC / "icons.svg").read_text()
    assert "<script" not in sprite
    assert not re.search(r'(fill|stroke)="#', sprite)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_has_nothing_inline_that_the_policy_refuses(path: Path) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}|{%.*?%}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"\sstyle\s*=", text), "style= is refused by the CSP: use a class"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "on…= is refused by the CSP: use a module"
    assert "javascript:" not in text
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, "an inline script is refused by the CSP"


def test_every_vendored_file_has_its_version_and_licence() -> None:
    for path in (STATIC / "vendor").glob("*.js"):
        assert re.search(r"-\d+\.\d+\.\d+\.min\.js$", path.name)
        assert (STATIC / "vendor" / f"LICENSE-{path.name.split('-')[0]}.txt").is_file()
    assert "Feather" in (STATIC / "LICENSE-icons.txt").read_text()
