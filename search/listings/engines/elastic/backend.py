"""The cluster as the settings name it."""

from django.conf import settings

from search.listings.engines.elastic.engine import ElasticEngine
from search.listings.engines.elastic.indexes import ElasticIndexes


def find_place() -> str:
    """Tells this installation's indexes from any other's."""
    return f"{settings.ELASTICSEARCH_URL} {_name_alias()}"


def open_engine() -> ElasticEngine:
    """A reader of this installation's indexes."""
    return ElasticEngine(
        settings.ELASTICSEARCH_URL, _name_alias(), timeout_seconds=settings.SEARCH_ENGINE_TIMEOUT_SECONDS
    )


def open_indexes() -> ElasticIndexes:
    """What the indexer of this installation writes."""
    return ElasticIndexes(settings.ELASTICSEARCH_URL, _name_alias())


def _name_alias() -> str:
    return f"{settings.ELASTICSEARCH_PREFIX}-listings"
