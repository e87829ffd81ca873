"""Writes of results: counting what belongs together."""

from search.results.services.counting import count_looks
from search.results.services.forgetting import forget_gone
from search.results.services.purchases import count_purchases

__all__ = ["count_looks", "count_purchases", "forget_gone"]
