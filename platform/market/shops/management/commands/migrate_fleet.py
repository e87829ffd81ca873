"""`migrate_fleet`: the public schema, every shop's schema, and the pool of spare ones."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from market.shops.fleet import FleetStopped, MigrationChanged, fill_pool, grant_application_role, migrate_fleet
from market.shops.hosts import ensure_platform_hosts


class Command(BaseCommand):
    """Needs the owner's role; can be repeated, and goes on where it stopped."""

    requires_system_checks: list[str] = []
    help = "Migrate the public schema, then every shop's schema, then fill the pool of spare schemas."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--spare", type=int, default=20, help="how many spare schemas to keep ready")

    def handle(self, *args: Any, **options: Any) -> None:
        grant_application_role()
        call_command("migrate", shared=True, interactive=False, skip_checks=True, verbosity=options["verbosity"])
        try:
            report = migrate_fleet(on_progress=self._progress("schemas migrated"))
        except (FleetStopped, MigrationChanged) as error:
            raise CommandError(
                f"{error}\nMend what it says and run this again: it goes on where it stopped."
            ) from error
        made = fill_pool(wanted=options["spare"], on_progress=self._progress("spare schemas"))
        ensure_platform_hosts()
        self.stdout.write(
            f"{report.rendered} migrations rendered, {report.schemas_changed} of {report.schemas_total} schemas "
            f"changed, {made} spare schemas made"
        )

    def _progress(self, label: str) -> Any:
        def show(done: int, total: int) -> None:
            self.stdout.write(f"progress {label} {done}/{total}")
            self.stdout.flush()

        return show
