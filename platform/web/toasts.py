"""Toasts: what has just happened, with undo instead of "are you sure". Carried by django.contrib.messages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

_UNDO = "undo:"


@dataclass(frozen=True, slots=True)
class Toast:
    """One sentence. `undo_url` is posted to when the visitor takes it back; `bad` is an error."""

    text: str
    undo_url: str
    bad: bool


def add_toast(request: HttpRequest, text: str, *, undo_url: str = "", bad: bool = False) -> None:
    """Say a sentence on the next page that is shown. `undo_url` must be a path of this host that takes a POST."""
    messages.add_message(
        request, messages.ERROR if bad else messages.SUCCESS, text, extra_tags=f"{_UNDO}{undo_url}" if undo_url else ""
    )


def list_toasts(stored: Iterable[Message]) -> list[Toast]:
    """The waiting sentences; reading them uses them up."""
    toasts = []
    for message in stored:
        tags = message.extra_tags or ""
        undo_url = tags.removeprefix(_UNDO) if tags.startswith(_UNDO) else ""
        toasts.append(Toast(str(message), undo_url, message.level >= messages.ERROR))
    return toasts
