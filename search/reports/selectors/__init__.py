"""Reads of reports."""

from search.reports.selectors.figures import TooManyDays, get_report
from search.reports.selectors.traffic import get_traffic_curve

__all__ = ["TooManyDays", "get_report", "get_traffic_curve"]
