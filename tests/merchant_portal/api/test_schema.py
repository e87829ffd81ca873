"""The description of the merchant API is valid, complete, and kept to."""

import pytest
from drf_spectacular.validation import validate_schema

from tests.fixtures.api import PORTAL, Api
from tests.fixtures.schemas import list_operations, load_schema, try_operation


def test_the_description_is_openapi_3_1_and_names_every_operation(db):
    document = Api(PORTAL).get("openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) == 44
    for operation in operations:
        assert operation["security"] == [{"token": []}]
        assert {"401", "403", "405", "429"} <= set(operation["responses"])
    validate_schema(document)


def test_what_has_effects_on_money_or_stock_needs_a_key(db):
    paths = Api(PORTAL).get("openapi.json").json()["paths"]
    for path in (
        "stock/receipts",
        "orders/{share_no}/parcels",
        "orders/{share_no}/refund",
        "campaigns",
        "sale-plans",
        "wallet/top-ups",
    ):
        (header,) = [p for p in paths[f"/api/v1/{path}"]["post"]["parameters"] if p["name"] == "Idempotency-Key"]
        assert header["required"] is True


@pytest.mark.timeout(240)
def test_every_operation_keeps_to_its_description(committed_db, trade):
    trade.sell(2)
    headers = {"Authorization": f"Bearer {trade.alpha.token}"}
    for operation in list_operations(load_schema(PORTAL)).values():
        try_operation(operation, headers)
