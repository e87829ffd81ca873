"""Wrong imports that are planted are found: the contracts can fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("platform", "tenants", "billing", "search", "storefront", "merchant_portal")

# file, what it imports, the contract that refuses it
PLANTED = (
    ("tenants/catalog/planted_upwards.py", "import billing.ledger.services", "Zones import downwards only"),
    ("storefront/planted_face.py", "import merchant_portal.apps", "Zones import downwards only"),
    ("platform/market/outbox/planted_app.py", "import market.shops.selectors", "Apps of market"),
    ("tenants/catalog/planted_app.py", "import tenants.orders.selectors", "Apps of tenants"),
    ("billing/settlement/planted_sibling.py", "import billing.checkout.selectors", "Apps of billing"),
    ("storefront/planted_tables.py", "import market.shops.models", "Tables of market are market's"),
    ("platform/web/planted_tables.py", "import tenants.orders.models", "Tables of tenants are tenants'"),
    ("storefront/planted_books.py", "import billing.ledger.models", "Tables of billing are billing's"),
    ("storefront/planted_listing.py", "import search.listings.models", "Tables of search are search's"),
    ("billing/checkout/selectors.py", "import billing.checkout.services", "Modules of an app import downwards"),
    ("search/auction/planted_tables.py", "import django.db.models", "Auctions are plain arithmetic"),
    ("search/auction/planted_chance.py", "import random", "Auctions are plain arithmetic"),
    ("search/planted_app/__init__.py", '"""An app that nobody placed."""', "Apps of search"),
)


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """The contracts that are broken once every wrong import stands in a copy of the tree."""
    copy = tmp_path_factory.mktemp("house")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "static", "locale"))
    shutil.copy(ROOT / ".importlinter", copy)
    for name, statement, _ in PLANTED:
        path = copy / name
        path.parent.mkdir(exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + f"\n{statement}\n")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": f"{copy / 'platform'}{os.pathsep}{copy}"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize(("name", "statement", "contract"), PLANTED)
def test_a_wrong_import_breaks_its_contract(broken, name, statement, contract):
    assert f"{contract} BROKEN" in broken
    module = name.removeprefix("platform/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert module in broken.split("Broken contracts")[1], f"{module} is not named"
