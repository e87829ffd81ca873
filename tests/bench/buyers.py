"""`python -m tests.bench.buyers`: buys over HTTP as a shopper does. A plan on stdin, a result on stdout.

The whole way: two offers from two shops into the cart, the quote, placing, the cashier, paying at the provider, waiting
until its callback is booked. Or placing alone, with carts and quotes made ready before.
"""

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from tests.bench.load import ROOT
from tests.bench.wire import Answer, Client

SPARE_SECONDS = 120.0
PAID_SECONDS = 30.0
LOOK_SECONDS, LOOK_AT_MOST_SECONDS = 0.04, 0.5  # less and less often, so that looking is not what is measured
_HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|key|digest)" value="([^"]+)"')
_ADDRESS = re.compile(r'name="address" value="(\d+)"')
_QR = re.compile(r'data-qr="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Plan:
    """So many clients buy for so long. `listings` holds the offers of each shop."""

    port: int
    host: str
    clients: int
    seconds: float
    sessions: Sequence[str]
    listings: Sequence[Sequence[int]]
    placing_only: bool = False
    seed: int = 1


@dataclass
class Result:
    """The purchases that were acknowledged, how long each took (ms), and what went wrong."""

    seconds: float = 0.0
    placed: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class WentWrong(Exception):
    """An answer that a shopper would not understand."""


def run_buyers(plan: Plan) -> Result:
    """Run a plan in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.buyers"],
        input=json.dumps(asdict(plan)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=plan.seconds + SPARE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Result(**json.loads(done.stdout))


class Buyer:
    """A signed-in shopper with one connection."""

    def __init__(self, plan: Plan, number: int) -> None:
        self._client = Client(plan.port, plan.host, {"session": plan.sessions[number]})
        self._listings = plan.listings
        self._chance = random.Random(plan.seed * 1000 + number)
        self._token = ""

    async def start(self) -> None:
        """The page whose form gives the token for the next ones."""
        page = await self._ask(f"/item/{self._listings[0][0]}/", 200)
        self._token = dict(_HIDDEN.findall(page.body.decode()))["csrfmiddlewaretoken"]

    async def fill(self) -> dict[str, str]:
        """Two offers of two shops in the cart, the quote read. Returns what the button sends."""
        for offers in self._chance.sample(list(self._listings), 2):
            listing_id = self._chance.choice(list(offers))
            form = {"csrfmiddlewaretoken": self._token, "listing_id": str(listing_id), "quantity": "1", "add": "1"}
            await self._ask("/cart/add/", 302, form)
        page = (await self._ask("/checkout/", 200)).body.decode()
        return {**dict(_HIDDEN.findall(page)), "address": _ADDRESS.findall(page)[0], "method": "wechatpay"}

    async def place(self, form: dict[str, str]) -> str:
        """Press the button. Returns the purchase's number."""
        answer = await self._ask("/checkout/", 302, form)
        parts = answer.header("location").split("/")
        if "cashier" not in parts:
            raise WentWrong(f"placing led to {answer.header('location')}")
        return parts[2]

    async def pay(self, purchase_no: str) -> None:
        """Scan, pay at the provider, and wait until the cashier knows."""
        page = (await self._ask(f"/cashier/{purchase_no}/", 200)).body.decode()
        scanned = urlsplit(_QR.findall(page)[0])
        telephone = Client(scanned.port or 80, scanned.netloc)
        try:
            shown = await telephone.ask(scanned.path)
            order_no = _read_order_no(shown)
            paid = await telephone.ask(f"/_control/orders/{order_no}/pay", json={})
            if paid.status != 200:
                raise WentWrong(f"the provider answers {paid.status}")
        finally:
            telephone.close()
        until, pause = time.monotonic() + PAID_SECONDS, LOOK_SECONDS
        while time.monotonic() < until:
            answer = await self._client.ask(f"/cashier/{purchase_no}/state/")
            if answer.status == 200 and answer.header("hx-redirect"):
                return
            await asyncio.sleep(pause)
            pause = min(LOOK_AT_MOST_SECONDS, pause * 1.5)
        raise WentWrong(f"{purchase_no} was not booked in {PAID_SECONDS:.0f} s")

    async def _ask(self, path: str, status: int, form: dict[str, str] | None = None) -> Answer:
        answer = await self._client.ask(path, form=form)
        if answer.status != status:
            raise WentWrong(f"{path} answers {answer.status} {answer.header('location')}")
        return answer

    def close(self) -> None:
        self._client.close()


def _read_order_no(page: Answer) -> str:
    found = re.search(r'data-order="([^"]+)"', page.body.decode())
    if found is None:
        raise WentWrong("the provider's page names no order")
    return found[1]


async def buy_whole(plan: Plan) -> Result:
    """Every client goes the whole way again and again."""
    result = Result()
    buyers = [Buyer(plan, number) for number in range(plan.clients)]
    await asyncio.gather(*(buyer.start() for buyer in buyers))
    began = time.perf_counter()

    async def go(buyer: Buyer) -> None:
        while time.perf_counter() < began + plan.seconds:
            asked = time.perf_counter()
            try:
                purchase_no = await buyer.place(await buyer.fill())
                result.placed.append(purchase_no)
                await buyer.pay(purchase_no)
            except (WentWrong, OSError, LookupError) as error:
                result.problems.append(f"{type(error).__name__}: {error}"[:200])
                continue
            result.times.append((time.perf_counter() - asked) * 1000)

    await asyncio.gather(*(go(buyer) for buyer in buyers))
    result.seconds = time.perf_counter() - began
    for buyer in buyers:
        buyer.close()
    return result


async def place_only(plan: Plan) -> Result:
    """All buyers make themselves ready; then so many clients at once press the buttons, and that alone is measured."""
    result = Result()
    buyers = [Buyer(plan, number) for number in range(len(plan.sessions))]
    for chosen in range(0, len(buyers), 8):
        await asyncio.gather(*(buyer.start() for buyer in buyers[chosen : chosen + 8]))
    while result.seconds < plan.seconds and not result.problems:
        ready: list[tuple[Buyer, dict[str, str]]] = []
        for chosen in range(0, len(buyers), 8):
            some = buyers[chosen : chosen + 8]
            ready += zip(some, await asyncio.gather(*(buyer.fill() for buyer in some)), strict=True)
        began = time.perf_counter()
        await asyncio.gather(*(_press(ready, result) for _ in range(plan.clients)))
        result.seconds += time.perf_counter() - began
    for buyer in buyers:
        buyer.close()
    return result


async def _press(ready: list[tuple[Buyer, dict[str, str]]], result: Result) -> None:
    while ready:
        buyer, form = ready.pop()
        asked = time.perf_counter()
        try:
            result.placed.append(await buyer.place(form))
        except (WentWrong, OSError) as error:
            result.problems.append(f"{type(error).__name__}: {error}"[:200])
            continue
        result.times.append((time.perf_counter() - asked) * 1000)


def main() -> None:
    plan = Plan(**json.load(sys.stdin))
    json.dump(asdict(asyncio.run(place_only(plan) if plan.placing_only else buy_whole(plan))), sys.stdout)


if __name__ == "__main__":
    main()
