"""The embedded engine as the settings place it: under INDEX_ROOT."""

from pathlib import Path

from django.conf import settings

from search.listings.engines.tantivy.engine import TantivyEngine
from search.listings.engines.tantivy.indexes import TantivyIndexes


def find_place() -> str:
    """Tells this installation's indexes from any other's."""
    return str(Path(settings.INDEX_ROOT) / "listings")


def open_engine() -> TantivyEngine:
    """A reader of this installation's indexes."""
    return TantivyEngine(Path(find_place()))


def open_indexes() -> TantivyIndexes:
    """What the indexer of this installation writes."""
    return TantivyIndexes(Path(find_place()))
