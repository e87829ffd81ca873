"""Hashed names: pages and modules name the same file, and a missing source map stops nothing."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage

from tests.web.test_budgets import STATIC
from web.static_files import HashedStaticFilesStorage


@pytest.fixture
def collected(tmp_path: Path) -> HashedStaticFilesStorage:
    """Our own files, collected; among them one that names a source map which is not there."""
    source = tmp_path / "source"
    for path in (STATIC / "js").glob("*.js"):
        target = source / "web" / "js" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (source / "web" / "icons.svg").write_bytes((STATIC / "icons.svg").read_bytes())
    (source / "web" / "lost.js").write_text("let a = 1;\n//# sourceMappingURL=lost.js.map\n")
    plain = StaticFilesStorage(location=str(source), base_url="/static/")
    storage = HashedStaticFilesStorage(location=str(tmp_path / "collected"), base_url="/static/")
    paths = {str(path.relative_to(source)): (plain, str(path.relative_to(source))) for path in source.rglob("*.*")}
    for name, _, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception), name
    return storage


def test_a_module_imports_the_hashed_names_of_the_others(collected: HashedStaticFilesStorage) -> None:
    main = Path(collected.path(collected.stored_name("web/js/main.js"))).read_text()
    names = re.findall(r'import\s*"\./([^"]+)"', main)
    assert len(names) == 8
    for name in names:
        assert re.fullmatch(r"[a-z]+\.[0-9a-f]{12}\.js", name)
        assert Path(collected.path(f"web/js/{name}")).is_file()


def test_the_sprite_is_hashed_and_compressed(collected: HashedStaticFilesStorage) -> None:
    url = collected.url("web/icons.svg")
    assert re.fullmatch(r"/static/web/icons\.[0-9a-f]{12}\.svg", url)
    assert Path(collected.path(f"{collected.stored_name('web/icons.svg')}.br")).is_file()


def test_a_file_that_was_never_collected_keeps_its_plain_name(collected: HashedStaticFilesStorage) -> None:
    assert collected.url("web/unknown.css") == "/static/web/unknown.css"
