"""Places of the tests' own, so that no test touches the servers of this checkout."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from onebox.places import Place
from onebox.postgres import remove_postgres
from onebox.servers import stop_leftovers

SERVER_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "ELASTICSEARCH_URL", "JISHI_PORT", "JISHI_LOCAL")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """An empty place in a folder that every user can enter; what a test leaves running is ended."""
    for name in SERVER_NAMES:
        monkeypatch.delenv(name, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="jishi-test-"))
    folder.chmod(0o755)
    place = Place(local=folder / "local")
    place.make()
    yield place
    stop_leftovers(place)
    remove_postgres(place)
    shutil.rmtree(folder, ignore_errors=True)
