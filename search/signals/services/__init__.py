"""Writes of signals: the log, its counts, what is forgotten."""

from search.signals.services.counting import count_events
from search.signals.services.purging import purge_old
from search.signals.services.reading import read_on
from search.signals.services.recording import record_reports

__all__ = ["count_events", "purge_old", "read_on", "record_reports"]
