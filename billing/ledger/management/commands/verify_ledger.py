"""`verify_ledger`: prove the books and their seals; say what is wrong and where."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from billing.ledger.contracts import LedgerProof, SealReport
from billing.ledger.selectors import prove_ledger, verify_seals
from billing.ledger.services import seal_ledger


class Command(BaseCommand):
    help = "Recompute every balance from the entries and check every sealed row; ends with 1 when something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seal", action="store_true", help="seal what is new before checking")

    def handle(self, *args: Any, **options: Any) -> None:  # Any: Django's signature
        if options["seal"]:
            added = seal_ledger(now=timezone.now())
            self.stdout.write(f"{added} seals added.")
        proof, seals = prove_ledger(), verify_seals()
        for finding in _list_findings(proof, seals):
            self.stderr.write(finding)
        self.stdout.write(
            f"{seals.seals} seals over {seals.sealed_rows} rows; {seals.unsealed_rows} rows are not sealed yet. "
            f"{proof.unposted} requests wait, {len(proof.open_clearing)} clearing accounts are open."
        )
        if not (proof.sound and seals.sound):
            raise CommandError("The books are not as they were written.")
        self.stdout.write(self.style.SUCCESS("The books are sound."))


def _list_findings(proof: LedgerProof, seals: SealReport) -> list[str]:
    return [*proof.unbalanced, *proof.wrong_accounts, *proof.broken_floors, *proof.wrong_holds, *seals.findings]
