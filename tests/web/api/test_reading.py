"""Bodies: bounded, JSON, nothing unknown; every refusal is a problem."""

import json

import pytest
from django.test import Client

from tests.fixtures.api import MARKET, make_person

PROBLEM = "application/problem+json"


def send(person, body: bytes, content_type: str = "application/json"):
    headers = {"Authorization": f"Bearer {person.api.token}"}
    return Client(HTTP_HOST=MARKET).generic("POST", "/api/v1/addresses", body, content_type, headers=headers)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"recipient": NaN}', 400),
        (b"[" * 100_000, 400),
        (b"[]", 400),
        (b"null", 400),
        (b'{"a~b/c": 1}', 400),
        (b'{"recipient": "\\u0000"}', 400),
        (b'{"recipient": "\\ud800"}', 400),
    ],
)
def test_a_body_that_cannot_be_used_is_a_problem(db, body, status):
    answer = send(make_person(), body)
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)


def test_a_long_body_is_refused_without_reading_it_all(db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    answer = send(make_person(), json.dumps({"recipient": "x" * 2_000}).encode())
    assert (answer.status_code, answer["Content-Type"]) == (413, PROBLEM)


def test_only_json_is_read(db):
    answer = send(make_person(), b"recipient=x", "application/x-www-form-urlencoded")
    assert (answer.status_code, answer["Content-Type"]) == (415, PROBLEM)


def test_an_unknown_name_is_escaped_in_its_pointer(db):
    answer = send(make_person(), b'{"a~b/c": 1}')
    assert answer.json()["errors"][0]["pointer"] == "/a~0b~1c"


@pytest.mark.parametrize("key", ["", "x" * 101, "schl\u00fcssel".encode().decode("latin-1")])
def test_a_key_that_is_none_is_a_problem(db, key):
    answer = make_person().api.post("addresses", {}, Idempotency_Key=key)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)


def test_problems_speak_the_clients_language(db):
    api = make_person().api
    english = api.post("addresses", {"colour": 1}, Accept_Language="en").json()["errors"][0]["detail"]
    chinese = api.post("addresses", {"colour": 1}, Accept_Language="zh").json()["errors"][0]["detail"]
    assert english == "There is no such field."
    assert chinese != english
