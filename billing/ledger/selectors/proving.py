"""The proofs that were stored, read without reading the books."""

from billing.ledger.contracts import StoredProof
from billing.ledger.models import ProofRun


def get_last_proof() -> StoredProof | None:
    """The newest stored proof; None before the first night."""
    row = ProofRun.objects.order_by("-pk").first()
    return None if row is None else to_stored_proof(row)


def to_stored_proof(row: ProofRun) -> StoredProof:
    """A row with its findings by name."""
    return StoredProof(
        proven_at=row.proven_at,
        took_ms=row.took_ms,
        transactions=row.transactions,
        entries=row.entries,
        accounts=row.accounts,
        **{name: tuple(findings) for name, findings in row.findings.items()},
    )
