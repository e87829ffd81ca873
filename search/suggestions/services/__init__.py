"""Writes of suggestions: counting what listings speak for and what people ask, and proving the counts."""

from search.suggestions.services.asking import count_asked
from search.suggestions.services.counting import catch_up, count_changes
from search.suggestions.services.sweeping import sweep

__all__ = ["catch_up", "count_asked", "count_changes", "sweep"]
