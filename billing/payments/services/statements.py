"""Fetching a provider's file of a day."""

from datetime import date

from billing.payments.contracts import FetchedStatement
from billing.payments.gateways.registry import get_statement_gateway
from billing.payments.services.guards import demand_no_transaction


def fetch_statement(*, gateway: str, kind: str, day: date) -> FetchedStatement:
    """What the provider says moved on a business day.

    Calls the provider. Raises `UnknownGateway`, `NoStatements` (it makes none), `NoStatement` (nothing moved),
    `StatementNotReady`, `ProviderError`.
    """
    demand_no_transaction()
    return get_statement_gateway(gateway).fetch_statement(kind=kind, day=day)
