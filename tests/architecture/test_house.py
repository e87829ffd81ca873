"""The plan of the house, kept by tests: sizes, imports, places, and no key that leaves a schema."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import ForeignKey, ManyToManyField

from market.shops.fleet import REFERENCE_SCHEMA, count_tenant_tables

ROOT = Path(__file__).resolve().parents[2]
ZONES = ("platform", "tenants", "billing", "search", "storefront", "merchant_portal")
MAX_FILE, MAX_FUNCTION, MAX_TENANT_TABLES = 500, 50, 30
DRAWERS = {"utils", "helpers", "common", "misc", "util", "helper"}
TENANT_LABELS = {name.rsplit(".", 1)[-1] for name in settings.TENANT_APPS}
OUR_ZONES = ("market.", "tenants.", "billing.", "search.")


def _files(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


SOURCES = [*_files(*ZONES), ROOT / "run"]


def test_no_file_is_too_long():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in [*SOURCES, *_files("tests")]
        if path.is_file() and (lines := path.read_text().count("\n")) > MAX_FILE
    }
    assert not long


def test_no_function_is_too_long():
    long = []
    for path in _files(*ZONES):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MAX_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {length} lines")
    assert not long


def test_no_drawer_holds_what_has_no_place():
    assert not [str(path) for path in _files(*ZONES) if path.stem in DRAWERS]


def test_imports_stand_at_the_top_of_the_file():
    hidden = []
    for path in _files(*ZONES):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [
                    f"{path.relative_to(ROOT)}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                ]
    # One file must set the environment before Django reads it.
    assert [place for place in hidden if not place.startswith("platform/config/__main__.py")] == []


def test_platform_is_a_source_root_and_not_a_package():
    assert not (ROOT / "platform/__init__.py").exists()
    assert "platform" not in {path.name for path in (ROOT / "platform").iterdir()}


def test_every_import_goes_downwards():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_data_app_stands_in_exactly_one_list():
    folders = {
        f"{zone.name}.{app.name}"
        for zone in (ROOT / "platform/market", ROOT / "tenants", ROOT / "billing", ROOT / "search")
        for app in zone.iterdir()
        if (app / "apps.py").exists()
    }
    listed = [name for name in [*settings.SHARED_APPS, *settings.TENANT_APPS] if name.startswith(OUR_ZONES)]
    assert sorted(listed) == sorted(folders)
    assert {name.split(".")[0] for name in settings.TENANT_APPS} == {"tenants"}


def test_no_key_leaves_a_schema():
    crossing = []
    for model in apps.get_models():
        for field in [*model._meta.get_fields()]:
            if isinstance(field, ForeignKey | ManyToManyField) and field.related_model is not None:
                here = model._meta.app_label in TENANT_LABELS
                there = field.related_model._meta.app_label in TENANT_LABELS
                if here != there:
                    crossing.append(f"{model.__name__}.{field.name}")
    assert not crossing


def test_a_shop_has_few_tables_and_a_primary_key_on_each(db):
    assert 8 <= count_tenant_tables(REFERENCE_SCHEMA) <= MAX_TENANT_TABLES
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s"
            " AND c.relkind = 'r' AND NOT EXISTS"
            " (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)",
            [REFERENCE_SCHEMA],
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = %s AND NOT t.tgisinternal",
            [REFERENCE_SCHEMA],
        )
        assert cursor.fetchall() == [], "a distributed cluster refuses triggers on a shop's tables"


def test_the_application_owns_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, usesuper FROM pg_user WHERE usename = current_user")
        assert cursor.fetchone() == ("jishi_app", False)
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'jishi_app'"
        )
        assert cursor.fetchone() == (0,)


def test_models_have_no_save_of_their_own_and_no_default_order():
    for model in apps.get_models():
        if model.__module__.startswith(OUR_ZONES):
            assert "save" not in vars(model), model
            assert not model._meta.ordering, model


def test_nothing_listens_to_signals():
    allowed = {"platform/config/celery.py"}
    listening = [
        str(path.relative_to(ROOT))
        for path in _files(*ZONES)
        if any(word in path.read_text() for word in ("@receiver", "django.dispatch", "models.signals", "core.signals"))
    ]
    assert set(listening) - allowed == set()


@pytest.mark.parametrize("folder", ZONES)
def test_public_functions_say_what_they_do(folder):
    silent = []
    for path in _files(folder):
        if path.name in {"contracts.py", "apps.py"} or "management" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        if tree.body and not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert not silent
