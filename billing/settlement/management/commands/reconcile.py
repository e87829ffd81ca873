"""`./run manage reconcile --psp wechatpay --day 2026-11-21`: fetch a provider's files of a day and compare them."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.payments.contracts import ProviderError
from billing.settlement.contracts.reconciling import STATEMENT_KINDS, BadStatement, FindingKind, RunView, StatementKind
from billing.settlement.selectors.reconciling import find_run_of, find_statement, list_findings
from billing.settlement.services.reconciling_fetching import fetch_now, list_fetched_providers
from billing.settlement.services.reconciling_files import receive_statement
from market.money import format_minor


class Command(BaseCommand):
    help = "Fetch a provider's files of a business day, or read one from disk, and compare them with the books."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--psp", required=True, choices=sorted(STATEMENT_KINDS))
        parser.add_argument("--day", required=True, type=date.fromisoformat, help="YYYY-MM-DD")
        parser.add_argument("--kind", choices=[kind.value for kind in StatementKind], help="only this statement")
        parser.add_argument("--file", type=Path, help="a file on disk instead of the provider's; needs --kind")

    def handle(
        self, *args: object, psp: str, day: date, kind: str | None, file: Path | None, **options: object
    ) -> None:
        kinds = [StatementKind(kind)] if kind else list(STATEMENT_KINDS[psp])
        if file is not None and kind is None:
            raise CommandError("Say with --kind which statement the file is.")
        if file is None and psp not in list_fetched_providers():
            raise CommandError(f"{psp} is not configured, so nothing can be fetched. Name a file with --file.")
        open_findings = 0
        for one in kinds:
            if one not in STATEMENT_KINDS[psp]:
                raise CommandError(f"{psp} makes no statement called {one}.")
            open_findings += self._run(psp, one, day, file)
        if open_findings:
            raise CommandError(f"{open_findings} differences are open. The console's Reconciliation page lists them.")

    def _run(self, psp: str, kind: StatementKind, day: date, file: Path | None) -> int:
        now = timezone.now()
        try:
            if file is None:
                statement_id = fetch_now(psp=psp, kind=kind, day=day, now=now)
            else:
                statement_id = receive_statement(
                    psp=psp, kind=kind, day=day, content=file.read_bytes(), file_name=file.name, now=now
                )
        except BadStatement as error:
            raise CommandError(f"The file was refused, nothing is loaded: {error}") from error
        except (ProviderError, OSError) as error:
            raise CommandError(str(error)) from error
        run = find_run_of(statement_id)
        if run is None:
            statement = find_statement(statement_id)
            self.stdout.write(f"{psp} {kind} {day}: large, loaded by job {statement.job_id if statement else '?'}")
            return 0
        self._print(run)
        return run.open_findings

    def _print(self, run: RunView) -> None:
        statement = run.statement
        counts = ", ".join(f"{run.counts[kind]} {kind}" for kind in FindingKind)
        self.stdout.write(
            f"{statement.psp} {statement.kind} {statement.day}: {run.lines} lines, {run.matched} matched,"
            f" {run.waiting} waiting, {counts}"
        )
        for finding in list_findings(run_id=run.run_id, limit=200):
            theirs, ours = (
                "-" if amount is None else format_minor(amount, currency)
                for amount, currency in (
                    (finding.theirs_minor, finding.currency),
                    (finding.ours_minor, finding.ours_currency),
                )
            )
            self.stdout.write(
                f"  {finding.kind} {finding.line_kind} {finding.number}: theirs {theirs} {finding.currency},"
                f" ours {ours} {finding.ours_currency}, {finding.state}"
            )
