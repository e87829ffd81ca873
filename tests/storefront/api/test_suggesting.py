"""Completions through JSON."""

import pytest

from search.suggestions.services import catch_up
from tests.fixtures.api import list_product


@pytest.fixture
def mugs(market):
    for number in range(3):
        list_product(market.shops[number % 2], sku=f"CUP-{number}", title="青釉马克杯", brand="MUJI")
    catch_up()
    return market


def test_what_is_typed_is_completed(mugs):
    (brand, *_) = mugs.visitor.get("suggestions?typed=mu&language=en").json()["items"]
    assert brand == {
        "text": "MUJI", "kind": "brand", "listings": 3, "category_id": None, "brand": "muji", "is_near": False
    }  # fmt: skip
    found = mugs.visitor.get("suggestions?typed=makebei").json()["items"]
    assert ("马克杯", "words", None) in [(one["text"], one["kind"], one["listings"]) for one in found]
    assert len(mugs.visitor.get("suggestions?typed=m&limit=1").json()["items"]) == 1


@pytest.mark.parametrize(
    "query", ["", "typed=m&limit=11", "typed=m&limit=0", "typed=m&language=fr", f"typed={'m' * 101}"]
)
def test_what_is_beyond_the_limits_is_refused(mugs, query):
    assert mugs.visitor.get(f"suggestions?{query}").status_code == 400


def test_the_answer_is_the_askers_for_some_seconds(mugs):
    assert mugs.visitor.get("suggestions?typed=m")["Cache-Control"] == "private, max-age=30"
