"""`simulate_shoppers`: live traffic for a running market, through HTTP as browsers make it."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from onebox.progress import Bar
from onebox.shoppers.visiting import Market, simulate

MOST_VISITS, MOST_AT_ONCE = 100_000, 64


class Command(BaseCommand):
    """Shows a bar while visits are made, then what happened. Ends with an error when nobody was let in."""

    requires_system_checks: list[str] = []
    help = "Let made-up shoppers visit the market of this machine: pages, ads seen and clicked, goods looked at."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Nothing needs to be said."""
        parser.add_argument("--visits", type=int, default=200, help="how many shoppers come (200)")
        parser.add_argument("--at-once", type=int, default=4, help="how many of them at the same time (4)")
        parser.add_argument("--pace", type=float, default=1.0, help="how long they look; 1 is as people do")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same shoppers")

    def handle(self, *args: Any, **options: Any) -> None:
        visits, at_once = options["visits"], options["at_once"]
        if not (0 < visits <= MOST_VISITS and 0 < at_once <= MOST_AT_ONCE and 0 <= options["pace"] <= 60):
            raise CommandError(f"At most {MOST_VISITS:,} visits, {MOST_AT_ONCE} at once, at a pace of up to 60.")
        market = Market(settings.MARKET_HOST, settings.PORT, options["pace"])
        with Bar("Shoppers", total=visits) as bar:
            happened = simulate(market, visits=visits, at_once=at_once, seed=options["seed"], progress=bar.show)
        for name, number in sorted(happened.items(), key=lambda pair: -pair[1]):
            self.stdout.write(f"  {name:24} {number:8,}")
        if not happened["pages"]:
            raise CommandError(f"Nobody answers at {market.host}:{market.port}. Start it: ./run demo")
