"""Pure decisions about goods: what a draft may hold, which variants there are, names, safe HTML."""

from tenants.catalog.rules.drafts import check_draft
from tenants.catalog.rules.handles import handle_stem, make_handle
from tenants.catalog.rules.html import clean_html
from tenants.catalog.rules.limits import LIMITS, ProductLimits
from tenants.catalog.rules.matrix import build_matrix, complete_variants, describe_choices, renumber_variants

__all__ = [
    "LIMITS",
    "ProductLimits",
    "build_matrix",
    "check_draft",
    "clean_html",
    "complete_variants",
    "describe_choices",
    "handle_stem",
    "make_handle",
    "renumber_variants",
]
