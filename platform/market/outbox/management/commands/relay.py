"""`relay`: delivers events and wakes due work until it is stopped."""

import signal
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


class Command(BaseCommand):
    """Runs beside the workers; two of them share the work."""

    help = "Deliver events and wake due work."

    def handle(self, *args: Any, **options: Any) -> None:
        self._stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        build = import_string("config.celery.build_relay")
        build().loop(should_stop=lambda: self._stopping)

    def _stop(self, *_: Any) -> None:
        self._stopping = True
