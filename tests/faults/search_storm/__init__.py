"""A storm over search: random changes of products and shops, fuzzed questions meanwhile, and what is judged at the end.

Each part runs in processes of its own against the database and the index that the environment names; see `__main__`.
"""

import os

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

CLUSTER = "JISHI_STORM_CLUSTER"
"""Names the node that this process asks; ELASTICSEARCH_URL is taken away from tests."""

if named := os.environ.get(CLUSTER):
    os.environ["ELASTICSEARCH_URL"] = named
django.setup()
