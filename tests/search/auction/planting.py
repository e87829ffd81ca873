"""A pytest plugin that plants the fault named by `JISHI_FAULT` while its module is imported; nothing without one."""

import os
import sys

from tests.billing.ledger.planting import Planter
from tests.search.auction.fault_list import FAULTS

for _fault in FAULTS:
    if _fault.name == os.environ.get("JISHI_FAULT"):
        assert _fault.module not in sys.modules, f"{_fault.module} is imported before it could be planted"
        sys.meta_path.insert(0, Planter(_fault))
