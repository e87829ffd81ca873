"""Writes of signals: the buffer, the log, its counts, what is forgotten."""

from search.signals.services.audiences import count_audiences
from search.signals.services.buffering import count_waiting, push_report
from search.signals.services.counting import count_events
from search.signals.services.noting import note_reconciling
from search.signals.services.people import forget_person, join_people, name_person, switch_interests
from search.signals.services.purging import purge_old
from search.signals.services.reading import read_on
from search.signals.services.recording import record_reports
from search.signals.services.salts import get_salts

__all__ = [
    "count_audiences",
    "count_events",
    "count_waiting",
    "forget_person",
    "get_salts",
    "join_people",
    "name_person",
    "note_reconciling",
    "purge_old",
    "push_report",
    "read_on",
    "record_reports",
    "switch_interests",
]
