"""Writes of suggestions: counting what listings speak for, and proving the counts."""

from search.suggestions.services.counting import catch_up, count_changes
from search.suggestions.services.sweeping import sweep

__all__ = ["catch_up", "count_changes", "sweep"]
