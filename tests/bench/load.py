"""`python -m tests.bench.load`: asks for pages as fast as so many visitors can. A plan on stdin, a result on stdout.

A process of its own, bounded in time. Every answer is checked: its status, and that it holds what belongs to its page.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.bench.wire import Client

ROOT = Path(__file__).resolve().parents[2]
SPARE_SECONDS = 60.0
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@dataclass(frozen=True, slots=True)
class Target:
    """A page and the words that must be on it; asked for from an address, where one is named."""

    path: str
    marker: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """So many clients ask for these pages for so long; `once` asks for each page one time only, in order.

    `status` is what every answer has to have. With `stay` a client leaves after so many answers and comes again: which
    of the server's processes a connection comes to is luck.
    """

    port: int
    host: str
    clients: int
    seconds: float
    targets: Sequence[Target]
    once: bool = False
    seed: int = 1
    status: int = 200
    stay: int = 0


@dataclass
class Result:
    """What came back. Times are milliseconds, one for each answer."""

    seconds: float = 0.0
    bytes_each: int = 0
    wrong_status: int = 0
    wrong_body: int = 0
    broken: int = 0
    times: list[float] = field(default_factory=list)

    def add(self, more: "Result") -> None:
        """What came back later, of another plan."""
        self.seconds += more.seconds
        self.wrong_status += more.wrong_status
        self.wrong_body += more.wrong_body
        self.broken += more.broken
        self.times += more.times

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds if self.seconds else 0.0

    @property
    def p99_ms(self) -> float:
        return percentile(self.times, 0.99)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def run_load(plan: Plan) -> Result:
    """Run a plan in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(asdict(plan)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=plan.seconds + SPARE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Result(**json.loads(done.stdout))


async def ask_all(plan: Plan) -> Result:
    """Every client in turn picks a page; all share one result."""
    result = Result()
    chance = random.Random(plan.seed)
    order = list(range(len(plan.targets)))
    chance.shuffle(order)
    sizes: list[int] = []
    began = time.perf_counter()
    until = began + plan.seconds
    waiting = iter(order) if plan.once else None

    async def visit(number: int) -> None:
        client = Client(plan.port, plan.host)
        requests = [client.request(target.path, headers=_name_visitor(target)) for target in plan.targets]
        markers = [target.marker.encode() for target in plan.targets]
        place, stayed = number * 7919, 0
        while time.perf_counter() < until:
            chosen = next(waiting, None) if waiting is not None else order[place % len(order)]
            if chosen is None:
                break
            place += 1
            asked = time.perf_counter()
            try:
                answer = await client.send(requests[chosen])
            except OSError:
                result.broken += 1
                continue
            result.times.append((time.perf_counter() - asked) * 1000)
            result.wrong_status += answer.status != plan.status
            result.wrong_body += markers[chosen] not in answer.body
            sizes.append(len(answer.body))
            stayed += 1
            if plan.stay and stayed % plan.stay == 0:
                client.close()
        client.close()

    tasks = [asyncio.create_task(visit(number)) for number in range(plan.clients)]
    await asyncio.wait_for(asyncio.gather(*tasks), plan.seconds + SPARE_SECONDS / 2)
    result.seconds = time.perf_counter() - began
    result.bytes_each = sum(sizes) // len(sizes) if sizes else 0
    return result


def _name_visitor(target: Target) -> dict[str, str]:
    """A browser behind a proxy of ours, where the visitor's address matters."""
    return {"X-Forwarded-For": target.address, "User-Agent": BROWSER} if target.address else {}


def main() -> None:
    given = json.load(sys.stdin)
    plan = Plan(**{**given, "targets": [Target(**target) for target in given["targets"]]})
    json.dump(asdict(asyncio.run(ask_all(plan))), sys.stdout)


if __name__ == "__main__":
    main()
