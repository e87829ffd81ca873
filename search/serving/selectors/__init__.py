"""Reads of what serving works out."""

from search.serving.selectors.goods import read_goods
from search.serving.selectors.lifts import get_arms
from search.serving.selectors.qualities import find_unfit_words, map_qualities
from search.serving.selectors.tables import find_usual_rate, get_quality_table, map_paces, map_reserves

__all__ = [
    "find_unfit_words",
    "find_usual_rate",
    "get_arms",
    "get_quality_table",
    "map_paces",
    "map_qualities",
    "map_reserves",
    "read_goods",
]
