"""Random changes while processes are killed: nothing is lost, stale or a ghost, and nothing private is ever found.

One storm goes over every engine at once: each has an indexer of its own that follows the same changes, and readers of
its own. Elasticsearch is written to through a proxy that refuses, forgets, repeats and delays bulk requests, and its
node is among what is killed. JISHI_SEED repeats a storm, JISHI_CHANGES and the others say how large it is, and
JISHI_ENGINES (`tantivy`, `elastic`) over what.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from onebox.elasticsearch import ElasticsearchNode, find_missing_tools, start_node
from tests import databases
from tests.fixtures.bulk_faults import BulkFaults, running_bulk_faults
from tests.fixtures.elasticsearch import demand_tools
from tests.fixtures.stack import ROOT, Stack, running_stack
from tests.fixtures.wechatpay import free_port

LONG = bool(os.environ.get("JISHI_LONG"))


def read_size(name: str, *, share: int, whole: int) -> int:
    return int(os.environ.get(f"JISHI_{name}", whole if LONG else share))


SEED = read_size("SEED", share=1, whole=1)
WRITERS = read_size("WRITERS", share=2, whole=2)
READERS = read_size("READERS", share=1, whole=1)  # of each engine
CHANGES = read_size("CHANGES", share=800, whole=100_000)
QUERIES = read_size("QUERIES", share=250, whole=100_000)  # of each engine
PATIENCE_SECONDS = 3 * 3_600 if LONG else 400
WAITING = 500 if LONG else 80
BULK_FAULTS = 0.3 if LONG else 0.5
NODE = "node"
NODE_IS_SPARED = 0.7
"""The node takes longest to come back, so most of its turns are another's."""
LONGEST_PAUSE_SECONDS = 3.0 if LONG else 1.0
LONGEST_LIFE_SECONDS = 20.0
ALIAS_PREFIX = "storm"


@dataclass
class Storm:
    """The stack, and the environment in which each engine is asked."""

    stack: Stack
    chance: random.Random
    environments: dict[str, dict[str, str]] = field(default_factory=lambda: {"tantivy": {}})
    node: ElasticsearchNode | None = None
    proxy: BulkFaults | None = None
    killed: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    came_back: dict[str, float] = field(default_factory=dict)
    starting: threading.Lock = field(default_factory=threading.Lock)

    def add_elastic(self, node: ElasticsearchNode, proxy: BulkFaults) -> None:
        """Readers ask the node itself, the indexer writes through the proxy."""
        self.node, self.proxy = node, proxy
        prefix = {"ELASTICSEARCH_PREFIX": ALIAS_PREFIX}
        patient = {"JISHI_SEARCH_ENGINE_TIMEOUT": "10"}  # what is slow here is the machine
        self.environments["elastic"] = {"JISHI_STORM_CLUSTER": node.url, **prefix, **patient}
        self.stack.indexers["indexer of elastic"] = {"ELASTICSEARCH_URL": proxy.url, **prefix}

    def start(self, engine: str, *arguments: object) -> subprocess.Popen[str]:
        environment = {**self.stack.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
        with (self.stack.folder / "storm.log").open("ab") as log:  # readers say each time that the engine is away
            return subprocess.Popen(
                [sys.executable, "-m", "tests.faults.search_storm", *map(str, arguments)],
                env=environment | self.environments[engine],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def kill_one(self, name: str) -> None:
        """Kill something; it comes back after a moment, the node with what it had made durable."""
        self.killed[name] += 1
        if name == NODE:
            assert self.node is not None
            self.node.kill()
            self.node.start()
        else:
            with self.starting:
                self.stack.kill(name)
                time.sleep(self.chance.uniform(0.0, 1.0))
                self.stack.start(name)
        self.came_back[name] = time.monotonic()

    @contextmanager
    def supervised(self) -> Iterator[None]:
        """What ends by itself is started again, as an installation does with its indexer while the engine is away."""
        over = threading.Event()

        def supervise() -> None:
            while not over.wait(0.5):
                with self.starting:
                    ended = [name for name, process in self.stack.processes.items() if process.poll() is not None]
                    for name in ended:
                        self.stack.start(name)
                    self.ended.update(ended)

        thread = threading.Thread(target=supervise)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def kill_while_any_runs(self, writers: list[subprocess.Popen[str]]) -> None:
        """Everything once, in any order; in a long run then on, as long as anything is written."""
        names = ["relay", "worker", "indexer", *self.stack.indexers, *([NODE] if self.node else [])]
        for name in self.chance.sample(names, len(names)):
            time.sleep(self.chance.uniform(0.3, LONGEST_PAUSE_SECONDS))
            self.kill_one(name)
        until = time.monotonic() + PATIENCE_SECONDS
        while any(writer.poll() is None for writer in writers):
            assert time.monotonic() < until, "the writers did not come to an end"
            time.sleep(self.chance.uniform(0.3, LONGEST_PAUSE_SECONDS))
            name = self.chance.choice(names)
            if LONG and self._has_lived(name) and not (name == NODE and self.chance.random() < NODE_IS_SPARED):
                self.kill_one(name)

    def _has_lived(self, name: str) -> bool:
        """For a time that is drawn: some are killed while they start, and none can be kept from ever doing anything."""
        return time.monotonic() - self.came_back.get(name, 0.0) > self.chance.uniform(0, LONGEST_LIFE_SECONDS)

    def finish(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """What it found. Raises with the end of the log when it failed."""
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, self.stack.read_log("storm")[-3000:]
        found: dict[str, Any] = json.loads(said)
        return found

    def calm(self) -> None:
        """No more faults, so that what is judged is what they left."""
        if self.proxy is not None:
            self.proxy.share = 0.0


def list_engines() -> list[str]:
    """Those that are named, else those that can be had here; in CI all of them."""
    named = os.environ.get("JISHI_ENGINES", "")
    if named:
        return named.split(",")
    if os.environ.get("CI"):
        demand_tools()
    return ["tantivy"] if find_missing_tools() else ["tantivy", "elastic"]


@pytest.fixture
def storm(tmp_path: Path) -> Iterator[Storm]:
    name = f"jishi_c_{os.getpid()}_storm"
    databases.clone(databases.ensure_template(), name)
    urls = {
        "database_url": databases.with_database(os.environ["DATABASE_URL"], name),
        "owner_url": databases.owner_url(name),
    }
    with ExitStack() as closing:
        closing.callback(databases.drop, name)
        starting = closing.enter_context(ThreadPoolExecutor(1)).submit(_start_node, closing, tmp_path)
        storm = Storm(closing.enter_context(running_stack(tmp_path, **urls)), random.Random(SEED))
        storm.stack.run_python("tests.faults.search_storm", "prepare")
        if (node := starting.result()) is not None:
            target = ("127.0.0.1", node.port)
            storm.add_elastic(node, closing.enter_context(running_bulk_faults(target, share=BULK_FAULTS, seed=SEED)))
        storm.stack.start("relay", "worker", "indexer", *storm.stack.indexers)
        with storm.supervised():
            yield storm


def _start_node(closing: ExitStack, folder: Path) -> ElasticsearchNode | None:
    if "elastic" not in list_engines():
        return None
    node = start_node(folder / NODE, port=free_port())
    closing.callback(lambda: node.kill())
    return node


def add_up(tallies: list[dict[str, Any]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for tally in tallies:
        total.update(tally)
    return total


@pytest.mark.timeout(PATIENCE_SECONDS + 600)
def test_a_storm_of_changes_ends_in_the_truth(storm: Storm) -> None:
    print(f"JISHI_SEED={SEED} JISHI_CHANGES={CHANGES} JISHI_WRITERS={WRITERS} over {', '.join(storm.environments)}")
    writers = [
        storm.start("tantivy", "change", SEED + number, CHANGES // WRITERS, WAITING) for number in range(WRITERS)
    ]
    readers = {
        engine: [storm.start(engine, "ask", SEED + number, QUERIES // READERS) for number in range(READERS)]
        for engine in storm.environments
    }
    began = time.monotonic()
    storm.kill_while_any_runs(writers)
    storm.calm()
    print(f"{time.monotonic() - began:.0f} s of changes")
    changed = add_up([storm.finish(writer) for writer in writers])
    asked = {engine: add_up([storm.finish(one) for one in some]) for engine, some in readers.items()}
    print(f"{time.monotonic() - began:.0f} s of questions")
    judged = {engine: storm.finish(storm.start(engine, "judge")) for engine in storm.environments}
    faults = storm.proxy.done if storm.proxy else {}
    print(f"{time.monotonic() - began:.0f} s in all")
    print(f"{dict(changed)}\nasked {asked}\njudged {judged}")
    print(f"killed {dict(storm.killed)}, ended by themselves {dict(storm.ended)}, faults {dict(faults)}")
    assert changed["made"] == CHANGES // WRITERS * WRITERS
    for engine, found in judged.items():
        assert found["waited"], f"{engine}: what was changed never came through"
        wrong = {what: found[what] for what in ("lost", "stale", "ghosts", "others", "wrong", "parked")}
        assert not any(wrong.values()), f"{engine}: {wrong}"
        assert found["shown"] > 20 and found["engine"] == engine
        assert (asked[engine]["leaked"], asked[engine]["failed"]) == (0, 0)
        assert asked[engine]["fell_back"] < asked[engine]["asked"] == QUERIES // READERS * READERS
    assert not storm.proxy or sum(faults.values()) > faults["passed"]
