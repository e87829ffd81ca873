"""Loading a large file as a job: read once to see that it is whole, then some thousand rows at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from billing.settlement.contracts.reconciling import BadStatement, StatementLine, StatementState, StatementTotals
from billing.settlement.models.reconciling import ProviderStatement
from billing.settlement.rules.reconciling import sum_up
from billing.settlement.services.reconciling_files import (
    CHUNK,
    MARKET,
    finish_loading,
    mark_refused,
    read_content,
    write_rows,
)
from market.jobs.contracts import Issue, JobView, Step
from market.media.selectors import read_document


@dataclass(frozen=True, slots=True)
class _Checked:
    """What the first reading found: totals, or why the file is refused."""

    totals: StatementTotals
    refusal: BadStatement | None = None


class StatementRunner:
    """`market.jobs.contracts.Runner`. Keeps its place in the file between chunks, and finds it again after a crash."""

    def __init__(self) -> None:
        self._lines: Iterator[StatementLine] | None = None

    def prepare(self, job: JobView, now: datetime) -> object:
        """Read: the whole file at first, then the next rows. Harmless when repeated."""
        statement = ProviderStatement.objects.get(pk=job.params["statement_id"])
        if "rows" not in job.cursor:
            try:
                return _Checked(sum_up(self._open(statement, job)))
            except BadStatement as refusal:
                return _Checked(StatementTotals(), refusal)
        if self._lines is None:
            self._lines = islice(self._open(statement, job), int(job.cursor["rows"]), None)
        return list(islice(self._lines, CHUNK))

    def apply(self, job: JobView, prepared: object, now: datetime) -> Step:
        """Write what was read, in the transaction that moves the job on."""
        statement_id = int(job.params["statement_id"])
        if isinstance(prepared, _Checked):
            return self._begin(statement_id, prepared)
        assert isinstance(prepared, list)
        if prepared:
            return self._write(statement_id, prepared, int(job.cursor["rows"]))
        finish_loading(statement_id, now)
        return Step(cursor=job.cursor, done=0, finished=True)

    def _open(self, statement: ProviderStatement, job: JobView) -> Iterator[StatementLine]:
        content = read_document(media_id=statement.media_id or 0, shop_id=MARKET)
        return read_content(content, statement, str(job.params.get("merchant", "")))

    def _begin(self, statement_id: int, checked: _Checked) -> Step:
        if checked.refusal is not None:
            mark_refused(statement_id, checked.refusal)
            issue = Issue(
                checked.refusal.row, checked.refusal.column, checked.refusal.code, params=checked.refusal.params
            )
            return Step(cursor={}, done=0, finished=True, issues=[issue])
        statement = ProviderStatement.objects.get(pk=statement_id)
        statement.rows.all().delete()
        statement.state, statement.lines = StatementState.LOADING.value, checked.totals.lines
        statement.totals = {place: list(sums) for place, sums in checked.totals.by_kind.items()}
        statement.save(update_fields=["state", "lines", "totals"])
        return Step(cursor={"rows": 0}, done=0, finished=False, total=checked.totals.lines)

    def _write(self, statement_id: int, lines: Sequence[StatementLine], so_far: int) -> Step:
        write_rows(statement_id, lines)
        return Step(cursor={"rows": so_far + len(lines)}, done=len(lines), finished=False)
