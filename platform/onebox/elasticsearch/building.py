"""The program of the node: fetched by Maven and compiled once, kept for every checkout. Standard library only."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from onebox.places import CannotContinue

HERE = Path(__file__).resolve().parent
SOURCES = ("pom.xml", "OneNode.java", "plugin-descriptor.properties", "building.py")
TOOLS = ("java", "javac", "mvn")
HOW_TO_GET = "apt install default-jdk-headless maven"
MODULE = "transport-netty4"
# The module and what it alone needs has to be loaded by the node itself, not from the class path.
_OF_THE_MODULE = ("netty-", f"{MODULE}-")
_BUILD_SECONDS = 900.0


def find_missing_tools() -> list[str]:
    """The programs that building or running a node would need and that are not here."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def read_version() -> str:
    """Which Elasticsearch it is."""
    version = ElementTree.parse(HERE / "pom.xml").getroot().findtext("{*}version")  # noqa: S314 - our own file
    return version or ""


def build_node() -> Path:
    """The folder of the built program: `lib`, `modules`, `classes`. Raises CannotContinue when it cannot be built."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jishi"
    home = root / f"elasticsearch-{read_version()}-{_digest()}"
    root.mkdir(parents=True, exist_ok=True)
    with (root / "elasticsearch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two test runs at once the second one waits and finds it built
        if not home.is_dir():
            draft = root / f"{home.name}.draft"
            shutil.rmtree(draft, ignore_errors=True)
            _build(draft)
            draft.rename(home)
    return home


def _digest() -> str:
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in SOURCES)).hexdigest()[:12]


def _build(home: Path) -> None:
    if missing := find_missing_tools():
        raise CannotContinue(f"Elasticsearch cannot be built without {' and '.join(missing)}: {HOW_TO_GET}")
    libraries, module, classes = home / "lib", home / "modules" / MODULE, home / "classes"
    for folder in (libraries, module, classes, home / "config"):
        folder.mkdir(parents=True)
    _run("mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={libraries}")
    for jar in libraries.glob("*.jar"):
        if jar.name.startswith(_OF_THE_MODULE):
            jar.rename(module / jar.name)
    descriptor = (HERE / "plugin-descriptor.properties").read_text()
    (module / "plugin-descriptor.properties").write_text(descriptor.replace("VERSION", read_version()))
    _run("javac", "-proc:none", "-d", classes, "-cp", f"{libraries}/*", HERE / "OneNode.java")


def _run(*command: str | Path) -> None:
    """Run a step in silence; what it said is in the error."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_BUILD_SECONDS,
    )
    if done.returncode:
        raise CannotContinue(f"Elasticsearch could not be built; {command[0]} said:\n{done.stdout[-3000:]}")
