"""Reads of what serving works out."""

from search.serving.selectors.tables import get_quality_table, map_paces, map_reserves

__all__ = ["get_quality_table", "map_paces", "map_reserves"]
