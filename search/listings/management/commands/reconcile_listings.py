"""`python -m config reconcile_listings`: find and mend lost, stale and ghost listings, in the table and the index."""

import itertools
import time
from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import BaseCommand
from django.utils import timezone

from market.shops.selectors import count_shops_by_status
from search.listings.contracts import EngineDown, ReconcileOutcome
from search.listings.engines.chosen import get_engine
from search.listings.selectors.reading import find_highest_number
from search.listings.services import reconcile_index, reconcile_shop, reconcile_shops


class Command(BaseCommand):
    """Compares shops with listings, then listings with the index."""

    # The checks would load every page of every face into a process that serves none.
    requires_system_checks: tuple[str, ...] = ()
    help = "Compares products, listings and the index, and mends what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shop", type=int, help="one shop only, by id")
        parser.add_argument("--settle", type=float, default=2.0, help="seconds given to the indexer to come after")

    def handle(self, *, shop: int | None, settle: float, **_options: object) -> None:
        now = timezone.now()
        if shop is None:
            outcome = reconcile_shops(now=now, seen=self._follow(sum(count_shops_by_status().values())))
        else:
            outcome = reconcile_shop(shop_id=shop, now=now)
        self._show("listings", outcome)
        position = find_highest_number()
        time.sleep(settle)
        try:
            self._show("index", reconcile_index(engine=get_engine(), position=position))
        except EngineDown as error:
            self.stdout.write(f"index: none to compare with ({error})")

    def _follow(self, total: int) -> Callable[[], None]:
        """Says after each shop how many are done, in lines that the launcher turns into a bar."""
        done = itertools.count(1)

        def seen() -> None:
            number = next(done)
            self.stdout.write(f"progress shops {number}/{max(number, total)}")
            self.stdout.flush()

        return seen

    def _show(self, what: str, outcome: ReconcileOutcome) -> None:
        self.stdout.write(
            f"{what}: {outcome.checked} checked, {len(outcome.lost)} lost,"
            f" {len(outcome.stale)} stale, {len(outcome.ghosts)} ghosts"
        )
