"""`rotate_field_keys`: encrypt everything anew with the first of JISHI_FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from market.shops.rotation import rotate_everything


class Command(BaseCommand):
    """Put the new key first in JISHI_FIELD_KEYS, restart, run this, then take the old key away.

    Keep JISHI_FIELD_INDEX_KEY as it was: it defaults to the last of the keys, so name it before the first rotation.
    """

    requires_system_checks: list[str] = []
    help = "Write every encrypted column anew with the newest field key."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rotate_everything()} rows written with the newest key")
