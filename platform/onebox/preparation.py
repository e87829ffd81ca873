"""What has to be done before the processes start: texts, static files, tables, demo data, index."""

import sys
from collections.abc import Mapping
from pathlib import Path

from onebox.places import ROOT, Place
from onebox.steps import Steps, digest_files, digest_text

MANAGE = (sys.executable, "-m", "config")
COLLECT = ("collectstatic", "--noinput", "--verbosity=0", "--ignore=*.map", "--ignore=rest_framework")
ZONES = ("platform", "tenants", "billing", "search", "storefront", "merchant_portal")


def prepare_all(place: Place, environment: Mapping[str, str], *, with_demo: bool) -> None:
    """Every step that is not finished yet, each with a bar. Raises CannotContinue with the end of the log."""
    steps = Steps(place, environment)
    compile_messages(place, environment)
    static = digest_files(_list_files("static")) if (place.local / "static").is_dir() else ""
    steps.run("static", "Static files", (*MANAGE, *COLLECT), state=static)
    steps.run("migrate", "Tables", (*MANAGE, "migrate_fleet"))
    if with_demo:
        database = digest_text(environment["DATABASE_URL"])
        steps.run("demo", "Shops and goods", (*MANAGE, "load_demo"), state=database)
    steps.run("index", "Search index", (*MANAGE, "index_listings"))


def compile_messages(place: Place, environment: Mapping[str, str]) -> None:
    """Make the `.mo` files that are not kept in the repository, when a text changed."""
    texts = [path for zone in ZONES for path in (ROOT / zone).glob("**/locale/*/LC_MESSAGES/django.po")]
    made = [path.with_suffix(".mo") for path in texts]
    state = digest_files([*texts, *(path for path in made if path.is_file())])
    steps = Steps(place, environment)
    steps.run("messages", "Texts", (sys.executable, "-m", "web.messages"), state=state)


def _list_files(folder: str) -> list[Path]:
    return [path for zone in ZONES for path in (ROOT / zone).glob(f"**/{folder}/**/*") if path.is_file()]
