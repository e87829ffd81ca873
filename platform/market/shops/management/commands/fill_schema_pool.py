"""`fill_schema_pool`: keep spare schemas ready, so that opening a shop runs no DDL."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from market.shops.fleet import fill_pool


class Command(BaseCommand):
    """Needs the owner's role. Two at once wait for each other."""

    requires_system_checks: list[str] = []
    help = "Make spare schemas until so many stand ready."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--spare", type=int, default=20)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{fill_pool(wanted=options['spare'])} spare schemas made")
