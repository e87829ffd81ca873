"""What has to be done before the processes start: texts, static files, tables, demo data, index."""

import sys
from collections.abc import Mapping
from pathlib import Path

from onebox.places import ROOT, Place
from onebox.steps import Steps, digest_files, digest_text

MANAGE = (sys.executable, "-m", "config")
COLLECT = (
    "collectstatic",
    "--noinput",
    "--verbosity=0",
    "--ignore=*.map",
    "--ignore=*-es-bundle*",
    "--ignore=rest_framework",
)
ZONES = ("platform", "tenants", "billing", "search", "storefront", "merchant_portal")


def prepare_all(place: Place, environment: Mapping[str, str], *, with_demo: bool) -> None:
    """Every step that is not finished yet, each with a bar. Raises CannotContinue with the end of the log."""
    steps = Steps(place, environment)
    compile_messages(place, environment)
    folder = Path(environment.get("JISHI_STATIC_ROOT") or place.local / "static")
    files = digest_files(_list_files("static"))
    steps.run("static", "Static files", (*MANAGE, *COLLECT), state=files, again=not folder.is_dir())
    steps.run("migrate", "Tables", (*MANAGE, "migrate_fleet"))
    database = digest_text(environment["DATABASE_URL"])
    if with_demo:
        steps.run("demo", "Shops and goods", (*MANAGE, "load_demo"), state=database)
    index = Path(environment.get("JISHI_INDEX_ROOT") or place.local / "index")
    is_unsure = bool(environment.get("ELASTICSEARCH_URL")) or not index.is_dir()
    steps.run("index", "Search index", (*MANAGE, "index_listings"), state=database, again=is_unsure)


def compile_messages(place: Place, environment: Mapping[str, str]) -> None:
    """Make the `.mo` files that are not kept in the repository, when a text changed."""
    texts = [path for zone in ZONES for path in (ROOT / zone).glob("**/locale/*/LC_MESSAGES/django.po")]
    missing = any(not path.with_suffix(".mo").is_file() for path in texts)
    command = (sys.executable, "-m", "web.messages")
    Steps(place, environment).run("messages", "Texts", command, state=digest_files(texts), again=missing)


def _list_files(folder: str) -> list[Path]:
    return [path for zone in ZONES for path in (ROOT / zone).glob(f"**/{folder}/**/*") if path.is_file()]
