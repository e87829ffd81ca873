"""The description of the public API is valid, complete, and kept to."""

import pytest
from drf_spectacular.validation import validate_schema

from tests.fixtures.api import MARKET, Api
from tests.fixtures.schemas import list_operations, load_schema, try_operation


def test_the_description_is_openapi_3_1_and_names_every_operation(db):
    document = Api(MARKET).get("openapi.json").json()
    assert document["openapi"].startswith("3.1")
    names = []
    for path, methods in document["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in methods.values():
            assert operation["summary"]
            assert operation["tags"]
            assert {"405", "429"} <= set(operation["responses"])
            names.append(operation["operationId"])
    assert len(names) == len(set(names)) == 30
    validate_schema(document)
    tags = {tag["name"] for tag in document["tags"]}
    assert tags >= {tag for methods in document["paths"].values() for op in methods.values() for tag in op["tags"]}


def test_the_docs_need_no_inline_script(db):
    page = Api(MARKET).get("docs/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert html.count("<script") == html.count("src=")
    script = Api(MARKET).get("docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")


@pytest.mark.timeout(240)
def test_every_operation_keeps_to_its_description(committed_db, market):
    headers = {"Authorization": f"Bearer {market.buyer.api.token}"}
    market.fill(1, 1)
    for operation in list_operations(load_schema(MARKET)).values():
        try_operation(operation, headers)
