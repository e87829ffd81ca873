"""`make_ad_partitions`: daily partitions of advertising ahead, old decisions dropped."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.settlement.services.days import business_date
from search.spending.services.partitions import keep_partitions


class Command(BaseCommand):
    """Needs the owner's role; can be repeated."""

    requires_system_checks: list[str] = []
    help = "Make the daily partitions of ad decisions and events two weeks ahead, and drop decisions after 35 days."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = keep_partitions(today=business_date(timezone.now()))
        self.stdout.write(f"{changed} partitions made or dropped")
