"""`python -m config count_suggestions`: count every change there is now; with --prove, look through all counts."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from search.suggestions.services import catch_up, sweep

_LINE_EVERY = 10_000


class Command(BaseCommand):
    """What the timers do, at once and to the end."""

    # The checks would load every page of every face into a process that serves none.
    requires_system_checks: tuple[str, ...] = ()
    help = "Counts what listings speak for, which suggestions are made of, and proves the counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prove", action="store_true", help="look through all counts, and mend what is wrong")

    def handle(self, *, prove: bool, **_options: object) -> None:
        self._counted = 0
        count = catch_up(seen=self._show)
        self.stdout.write(f"suggestions: {count} changes counted")
        if prove:
            self._prove()

    def _show(self, count: int) -> None:
        before, self._counted = self._counted, self._counted + count
        if self._counted // _LINE_EVERY > before // _LINE_EVERY:
            self.stdout.write(f"  {self._counted:,} changes")

    def _prove(self) -> None:
        """The first slice may begin in the middle, so that the second end is that of a whole round."""
        checked, wrong, listings, sums = 0, 0, 0, 0
        while min(listings, sums) < 2:
            outcome = sweep()
            checked += outcome.checked
            wrong += outcome.wrong_listings + outcome.wrong_sums
            listings += outcome.are_listings_done
            sums += outcome.are_sums_done
        self.stdout.write(f"suggestions: {checked} listings looked at, {wrong} counts wrong and mended")
