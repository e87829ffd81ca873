"""`python -m config index_listings`: bring the index up to date, keep it so, or build it anew."""

import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError

from search.listings.contracts import EngineDown, IndexerRunning, Indexes
from search.listings.engines.chosen import get_indexes
from search.listings.selectors.changing import count_changes
from search.listings.services.indexing import catch_up
from search.listings.services.running import PatientIndexer, open_index, wait_and_open, watch


class Command(BaseCommand):
    """The one process that writes the index."""

    # The checks would load every page of every face into a process that serves none.
    requires_system_checks: tuple[str, ...] = ()
    help = "Brings the search index up to date with the listings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--watch", action="store_true", help="go on until stopped")
        parser.add_argument("--rebuild", action="store_true", help="build a new index beside the old one and swap")

    def handle(self, *, watch: bool, rebuild: bool, **_options: object) -> None:
        indexes = get_indexes()
        try:
            with indexes.lock():
                self._run(indexes, rebuild=rebuild, keep_on=watch)
        except (IndexerRunning, EngineDown) as error:
            raise CommandError(str(error)) from error

    def _run(self, indexes: Indexes, *, rebuild: bool, keep_on: bool) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        progress = self._show(count_changes(after=0))
        if keep_on:
            opened = wait_and_open(indexes, rebuild=rebuild, progress=progress, stopped=stop.is_set)
        else:
            opened = open_index(indexes, rebuild=rebuild, progress=progress)
        if opened is None:
            return
        indexer, position = opened
        writer = PatientIndexer(indexer) if keep_on else indexer
        position = catch_up(writer, after=position, seen=self._show(count_changes(after=position)))
        self.stdout.write(f"up to date at change {position}")
        if keep_on:
            watch(indexer, position=position, stopped=stop.is_set)
        indexer.close()

    def _show(self, total: int) -> Callable[[int], None]:
        """Says after each batch how much of the whole is done, in lines that the launcher turns into a bar."""
        done = 0

        def show(count: int) -> None:
            nonlocal done
            done += count
            self.stdout.write(f"progress listings {done}/{max(done, total)}")
            self.stdout.flush()

        return show
