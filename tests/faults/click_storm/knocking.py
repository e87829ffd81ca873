"""Reports over HTTP, as browsers send them: a click follows an ad's link, a view is told by the page's script."""

import http.client
import json
from collections.abc import Sequence

from search.auction.contracts import TokenKind
from tests.bench.load import BROWSER
from tests.faults.click_storm import Plan
from tests.fixtures.stack import HOST

ANSWER_SECONDS = 60
LED_ON, TAKEN, AWAY = 303, 204, 503


class Knocker:
    """One kept-alive connection behind a proxy of ours that names a network of its own for each token."""

    most = 32

    def __init__(self, plan: Plan, port: int) -> None:
        self._tokens, self._host = plan["tokens"], f"{HOST}:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def tell(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._tell_one(number)

    def _tell_one(self, number: int) -> None:
        """Raises `ConnectionError` while the server is away, `ValueError` for an answer that no visitor should see."""
        kind, token = self._tokens[number]
        headers = {"Host": self._host, "User-Agent": BROWSER, "X-Forwarded-For": name_address(number)}
        if kind == TokenKind.CLICK.value:
            status = self._ask("GET", f"/ad/{token}/", headers)
        else:
            headers |= {"Origin": f"http://{self._host}", "Content-Type": "application/json"}
            status = self._ask("POST", "/ad/seen/", headers, json.dumps({"viewed": [token]}))
        if status == AWAY:
            raise ConnectionError("The server is away.")
        if status != (LED_ON if kind == TokenKind.CLICK.value else TAKEN):
            raise ValueError(f"A {kind} was answered with {status}.")

    def _ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None) -> int:
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            answer.read()
        except BaseException:
            self._connection.close()  # opened again by the next question
            raise
        return answer.status


def name_address(number: int) -> str:
    """The first address of a /24 of the token's own."""
    return f"{20 + (number >> 16)}.{number >> 8 & 255}.{number & 255}.1"
