"""The engine that this process reads, by the settings."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.listings.contracts import Engine
from search.listings.engines.tantivy.engine import TantivyEngine
from search.listings.engines.tantivy.files import IndexFiles


def get_engine() -> Engine:
    """One engine a process."""
    return _open(settings.INDEX_ROOT)


def get_index_files() -> IndexFiles:
    """Where this installation's index lies."""
    return IndexFiles(_find_folder(settings.INDEX_ROOT))


def _find_folder(root: Path) -> Path:
    return Path(root) / "listings"


@lru_cache(maxsize=4)
def _open(root: Path) -> TantivyEngine:
    return TantivyEngine(_find_folder(root))
