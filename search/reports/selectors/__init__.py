"""Reads of reports."""

from search.reports.selectors.figures import TooManyDays, get_report
from search.reports.selectors.forecasts import forecast_places
from search.reports.selectors.orders import count_orders_of_ads
from search.reports.selectors.revenue import get_reports_health, list_advertisers, list_revenue_days, map_sums

__all__ = [
    "TooManyDays",
    "count_orders_of_ads",
    "forecast_places",
    "get_report",
    "get_reports_health",
    "list_advertisers",
    "list_revenue_days",
    "map_sums",
]
