"""Ads over HTTP: search pages with theirs beside the same pages without, and clicks beside a bare view.

Two web servers of one market: one with ads, one with the part switched off. Every click is of a visitor with a network
of its own, is recorded before it is answered, and is judged afterwards from the tables.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, cycle, islice
from urllib.parse import quote

import httpx
import psycopg

from tests.bench.contracts import BenchRow
from tests.bench.load import ROOT, Plan, Result, Target, run_load
from tests.bench.market import load_demo, running_market
from tests.bench.web import QUICK, SECONDS, WARM_CLIENTS, WARM_SECONDS, WARM_TIMES
from tests.fixtures.stack import HOST, Stack
from tests.fixtures.wechatpay import free_port

CLIENTS = (8,) if QUICK else (1, 8)
CLICKS = 200 if QUICK else 3_000
CLICKING = 8
TURNS, CLICK_TURNS = (1, 1) if QUICK else (4, 3)
TURN_SECONDS, STAY = 1.5 * SECONDS, 25
SETTLE_SECONDS = 1.0  # what a turn with ads showed is stored before one without begins
NEW = 60 if QUICK else 3_000  # more than are asked for in a turn
CLICK_SECONDS, READY_SECONDS = 60.0, 90.0
MOST_WORDS = 40
AD = 'rel="sponsored'
_visitors = count()  # a network clicks once, whatever the round
_numbers = count(700_001)
SEE_OTHER = 303

_WORDS = (
    "SELECT DISTINCT keyword.text FROM campaigns_keyword AS keyword"
    " JOIN campaigns_group AS grp ON grp.id = keyword.group_id JOIN campaigns_campaign AS campaign"
    " ON campaign.id = grp.campaign_id WHERE campaign.state = 'running' AND keyword.state = 'running' ORDER BY 1"
)


@contextmanager
def advertising_market() -> Iterator[Callable[[], list[BenchRow]]]:
    """A market with the demo's advertisers; each call measures one round."""
    with running_market("ads_web", _fill) as stack:
        plain = free_port()
        without = _start_without_ads(stack, plain)
        try:
            words = _find_advertised(stack)
            _warm((stack.port, plain), words)
            yield lambda: [*_measure_pages(stack.port, plain, words), *_measure_clicks(stack)]
        finally:
            without.terminate()
            without.wait(20)


def _fill(stack: Stack) -> None:
    stack.environment["JISHI_ADS_BACKGROUND"] = "1"
    load_demo(stack)


def _start_without_ads(stack: Stack, port: int) -> subprocess.Popen[bytes]:
    command = [port if part == str(stack.port) else part for part in map(str, stack.commands["web"])]
    with (stack.folder / "plain.log").open("ab") as log:
        process = subprocess.Popen(
            list(map(str, command)), env={**stack.environment, "JISHI_ADS": "0"}, cwd=ROOT, stdout=log, stderr=log
        )
    _wait(lambda: _answers(port))
    return process


def _find_advertised(stack: Stack) -> list[str]:
    """Bought words whose pages show an ad; both workers have their ads by then."""
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        words = [word for (word,) in connection.execute(_WORDS).fetchall()][:MOST_WORDS]
    shown: dict[str, int] = dict.fromkeys(words, 0)

    def look() -> bool:
        for word in words:
            answer = httpx.get(stack.url(_path(word)), headers=stack.host(), timeout=20)
            shown[word] += AD in answer.text
        return sum(seen > 2 for seen in shown.values()) * 2 > len(words)

    _wait(look)
    return [word for word in words if shown[word] > 2]


def _warm(ports: Sequence[int], words: Sequence[str]) -> None:
    """Each page a few times, so that every worker of both servers has drawn it."""
    for port in ports:
        targets = [Target(_path(word)) for word in words]
        for number in range(WARM_TIMES):
            run_load(Plan(port, f"{HOST}:{port}", WARM_CLIENTS, WARM_SECONDS, targets, once=True, seed=number))


def _measure_pages(port: int, plain: int, words: Sequence[str]) -> list[BenchRow]:
    """Pages that are kept but for their ads, and pages that are searched for and drawn as well."""
    rows = []
    for clients in CLIENTS:
        name = f"search page over HTTP, {clients} clients"
        rows += _compare(f"ads: kept {name}", (plain, port), clients, lambda: [_path(word) for word in words])
        rows += _compare(f"ads: new {name}", (plain, port), clients, lambda: _list_new(words), once=True)
    return rows


def _compare(
    name: str, ports: tuple[int, int], clients: int, draw: Callable[[], list[str]], *, once: bool = False
) -> list[BenchRow]:
    """The same pages of both servers, in turns, so that whatever else the machine does meets both."""
    bare, found = Result(), Result()
    for _ in range(TURNS):
        paths = draw()
        for port, mark, result in zip(ports, ("</html>", AD), (bare, found), strict=True):
            plan = _plan(port, [Target(path, mark) for path in paths], clients, once=once)
            result.add(run_load(replace(plan, seconds=TURN_SECONDS, stay=STAY)))
        time.sleep(SETTLE_SECONDS)
    without = f"{name}, without ads"
    return [
        BenchRow(f"{without}, p99", bare.p99_ms, "ms", counters=_wrong(bare)),
        BenchRow(
            f"{name}, with ads, p99", found.p99_ms, "ms", f"{without}, p99", found.p99_ms / bare.p99_ms, _wrong(found)
        ),
        BenchRow(without, bare.rate, "pages/s"),
        BenchRow(f"{name}, with ads", found.rate, "decisions/s", without, found.rate / bare.rate),
        BenchRow(f"{name}, that show one", 100 * (1 - found.wrong_body / len(found.times)), "%"),
    ]


def _list_new(words: Sequence[str]) -> list[str]:
    """Questions that nobody asked before: a bought word, and a number that no goods have."""
    return [_path(f"{word} {next(_numbers)}") for word in islice(cycle(words), NEW)]


def _measure_clicks(stack: Stack) -> list[BenchRow]:
    """New tokens each round, each clicked once; the bare view in between, so that both meet what the machine does."""
    file = stack.folder / "tokens.json"
    stack.run_python("tests.bench.ads_tokens", "make", str(CLICKS), str(file))
    targets = [
        Target(f"/ad/{token}/", address=f"10.{number // 250}.{number % 250}.7")
        for number, token in zip(_visitors, json.loads(file.read_text()), strict=False)
    ]
    time.sleep(1)  # what was drawn less than 300 ms ago is not billed
    found, bare = Result(), Result()
    for turn in range(CLICK_TURNS):
        part = targets[turn::CLICK_TURNS]
        plan = _plan(stack.port, part, CLICKING, once=True, seconds=CLICK_SECONDS)
        found.add(run_load(replace(plan, status=SEE_OTHER)))
        bare.add(run_load(_plan(stack.port, [Target("/bench/bare/0")], CLICKING)))
    judged = json.loads(stack.run_python("tests.bench.ads_tokens", "judge", str(file)).splitlines()[-1])
    base = BenchRow(f"ads: bare view beside clicks, {CLICKING} clients", bare.rate, "requests/s", counters=_wrong(bare))
    name = f"ads: click over HTTP, {CLICKING} clients"
    return [
        base,
        BenchRow(name, found.rate, "clicks/s", base.name, found.rate / bare.rate, {**_wrong(found), **judged}),
        BenchRow(f"{name}, p99", found.p99_ms, "ms"),
    ]


def _path(word: str) -> str:
    return f"/search?q={quote(word)}"


def _plan(port: int, targets: Sequence[Target], clients: int, *, once: bool = False, seconds: float = SECONDS) -> Plan:
    return Plan(port, f"{HOST}:{port}", clients, seconds, targets, once)


def _wrong(result: Result) -> dict[str, int]:
    return {"status": result.wrong_status, "broken": result.broken}


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready", headers={"Host": f"{HOST}:{port}"}).status_code == 200
    except httpx.HTTPError:
        return False


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + READY_SECONDS
    while not is_so():
        assert time.monotonic() < until, "the market does not come to show ads"
        time.sleep(0.2)
