"""Reads of reports."""

from search.reports.selectors.figures import TooManyDays, get_report

__all__ = ["TooManyDays", "get_report"]
