"""Kinds of files and states of imports in words."""

from django.utils.translation import gettext_lazy as _

from market.jobs.contracts import JobState
from tenants.catalog.imports import ImportFormat

_FORMATS = {
    ImportFormat.OURS: _("Our own table"),
    ImportFormat.SHOPIFY: _("Shopify's product export"),
    ImportFormat.GOODS_LIST: _("A goods list"),
}
_STATES = {
    JobState.QUEUED: _("Waiting"),
    JobState.RUNNING: _("Under way"),
    JobState.DONE: _("Done"),
    JobState.FAILED: _("Failed"),
    JobState.STOPPED: _("Stopped"),
}
_TONES = {JobState.DONE: "good", JobState.FAILED: "bad", JobState.RUNNING: "choice"}


def name_format(shape: ImportFormat) -> str:
    """What kind of file it is."""
    return str(_FORMATS[shape])


def name_state(state: JobState) -> str:
    """A job's state."""
    return str(_STATES[state])


def tone_of(state: JobState) -> str:
    """The badge's tone."""
    return _TONES.get(state, "")
