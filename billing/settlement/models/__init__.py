"""From a sale to the shop's bank account: what is released, paid out, stated and compared. Public schema."""

from billing.settlement.models.releases import Release
from billing.settlement.models.statements import Statement, StatementAccount

__all__ = ["Release", "Statement", "StatementAccount"]
