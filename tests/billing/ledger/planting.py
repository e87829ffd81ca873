"""Plants the fault that `JISHI_FAULT` names, in this process and its children; does nothing without one.

A pytest plugin: a fault in a module is written into its source while it is imported, one in the database into every
clone of the template.
"""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

import psycopg

from tests.billing.ledger.fault_list import FAULTS, Fault


class PlantedLoader(SourceFileLoader):
    """Compiles a module with the fault in it; no byte code is read or kept."""

    def __init__(self, name: str, path: str, fault: Fault) -> None:
        super().__init__(name, path)
        self.fault = fault

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        return compile(self.fault.change(source), self.path, "exec", dont_inherit=True)


class Planter(MetaPathFinder):
    """Finds the one module that has the fault."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.fault.module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = PlantedLoader(fullname, spec.origin, self.fault)
        return spec


def plant_in_database(fault: Fault, url: str) -> None:
    """As the owner of the tables: a function with other text, or statements."""
    with psycopg.connect(url, autocommit=True) as connection:
        if fault.function:
            row = connection.execute("SELECT pg_get_functiondef(%s::regproc)", [fault.function]).fetchone()
            assert row is not None
            connection.execute(fault.change(row[0]))
        else:
            connection.execute(fault.new)


def _plant(fault: Fault) -> None:
    if fault.module:
        assert fault.module not in sys.modules, f"{fault.module} is imported before it could be planted"
        sys.meta_path.insert(0, Planter(fault))
        return
    from tests import databases

    clone = databases.clone

    def clone_and_plant(template: str, name: str) -> None:
        clone(template, name)
        plant_in_database(fault, databases.owner_url(name))

    databases.clone = clone_and_plant


for _fault in FAULTS:
    if _fault.name == os.environ.get("JISHI_FAULT"):
        _plant(_fault)
