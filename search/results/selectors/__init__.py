"""Reads of results: shelves beside a listing, a person's own shelf."""

from search.results.selectors.health import read_counting_health
from search.results.selectors.personal import get_for_you
from search.results.selectors.related import get_going_with, get_related
from search.results.selectors.similar import list_similar

__all__ = [
    "get_for_you",
    "get_going_with",
    "get_related",
    "list_similar",
    "read_counting_health",
]
