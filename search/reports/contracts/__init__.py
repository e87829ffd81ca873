"""What crosses the border of reports: plain values, frozen. Prices in micro-fen, revenue in fen."""

from search.reports.contracts.events import Cell, Correction, CountedEvent, Sums
from search.reports.contracts.reports import (
    Advertiser,
    Dimension,
    Figures,
    Report,
    ReportAsk,
    ReportRow,
    ReportsHealth,
    RevenueDay,
    Sold,
)
from search.reports.contracts.sales import BoughtLine, CreditedLine, SoldShare, TouchedAd

__all__ = [
    "Advertiser",
    "BoughtLine",
    "Cell",
    "Correction",
    "CountedEvent",
    "CreditedLine",
    "Dimension",
    "Figures",
    "Report",
    "ReportAsk",
    "ReportRow",
    "ReportsHealth",
    "RevenueDay",
    "Sold",
    "SoldShare",
    "Sums",
    "TouchedAd",
]
