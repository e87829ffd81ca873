"""What `./run` can do once the environment stands. Standard library only."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from onebox.checks import run_checks
from onebox.elasticsearch import HOW_TO_GET, find_missing_tools
from onebox.environment import choose_place_of_tests, environment_of_tests, full_environment
from onebox.places import ROOT, CannotContinue, current_place
from onebox.postgres import remove_postgres
from onebox.preparation import compile_messages
from onebox.processes import die_with_parent
from onebox.servers import running_servers, sole_use, stop_all
from onebox.serving import serve_until_stopped

MANAGE = (sys.executable, "-m", "config")


def demo(arguments: Sequence[str]) -> int:
    """A marketplace with goods, shops and people, on this machine."""
    _take_no(arguments)
    return serve_until_stopped(with_demo=True)


def serve(arguments: Sequence[str]) -> int:
    """The same processes without demo data and without a simulated provider."""
    _take_no(arguments)
    return serve_until_stopped(with_demo=False)


def test(arguments: Sequence[str]) -> int:
    """The tests; `--long` makes the long runs in full. Everything else goes to pytest."""
    place = choose_place_of_tests(current_place())
    options = [argument for argument in arguments if argument != "--long"]
    if not any(option.startswith(("-n", "tests")) for option in options):
        options = ["-n", str(min(4, os.cpu_count() or 1)), *options]
    with running_servers(place, synced=False):
        environment = environment_of_tests(place)
        if "--long" in arguments:
            environment["JISHI_LONG"] = "1"
        compile_messages(place, environment)
        if not environment.get("JISHI_SAMPLE_DATA"):
            print("Left out: tests with real sample files (JISHI_SAMPLE_DATA names no folder).", flush=True)
        if not environment.get("ELASTICSEARCH_URL") and (missing := find_missing_tools()):
            how = f"{HOW_TO_GET}; or ELASTICSEARCH_URL names a cluster"
            print(f"Left out: tests with a real Elasticsearch (no {', '.join(missing)} here: {how}).", flush=True)
        return _call((sys.executable, "-m", "pytest", *options), environment)


def bench(arguments: Sequence[str]) -> int:
    """Measurements, each on a database of its own; ends with 1 when a correctness counter is off."""
    place = current_place()
    with running_servers(place):
        environment = environment_of_tests(place)
        compile_messages(place, environment)
        return _call((sys.executable, "-m", "tests.bench", *arguments), environment)


def check(arguments: Sequence[str]) -> int:
    """Everything that can be found wrong without running the product."""
    _take_no(arguments)
    place = current_place()
    with running_servers(place):
        return run_checks(full_environment(place))


def manage(arguments: Sequence[str]) -> int:
    """Django's commands, such as `./run manage shell`."""
    place = current_place()
    with running_servers(place):
        return _call((*MANAGE, *arguments), full_environment(place))


def stop(arguments: Sequence[str]) -> int:
    """Stop what `./run demo` or `./run serve` started in another terminal."""
    _take_no(arguments)
    print("Stopped." if stop_all(current_place()) else "Nothing runs here.")
    return 0


def reset(arguments: Sequence[str]) -> int:
    """Delete the data of this machine's Jishi: database, files, secrets, logs."""
    place = current_place()
    if list(arguments) != ["--yes"] and not _confirm(f"Delete everything in {place.local}, the database included?"):
        print("Nothing was deleted.")
        return 1
    stop_all(place)
    with sole_use(place), sole_use(place.of_tests):
        remove_postgres(place.of_tests)
        remove_postgres(place)
        for path in place.local.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    print("Deleted. ./run demo starts anew.")
    return 0


COMMANDS = {
    "demo": demo,
    "serve": serve,
    "test": test,
    "bench": bench,
    "check": check,
    "manage": manage,
    "stop": stop,
    "reset": reset,
}


def _call(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end in the foreground; Ctrl-C reaches it by the terminal, other signals are passed on."""
    parent_pid = os.getpid()
    process = subprocess.Popen(
        command, env=dict(environment), cwd=ROOT, preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent_pid)
    )
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _take_no(arguments: Sequence[str]) -> None:
    if arguments:
        raise CannotContinue(f"This command takes no {arguments[0]!r}. See ./run help")


def _confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        raise CannotContinue("./run reset asks before it deletes; without a terminal say ./run reset --yes")
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
