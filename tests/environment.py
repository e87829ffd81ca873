"""Loaded by pytest before Django: the servers of `.local/env`, no pool, rate limits off unless a test turns them on."""

import os

from config.environment import load_local_environment

load_local_environment()
os.environ.setdefault("JISHI_LOCAL_ONLY", "1")
os.environ["JISHI_DATABASE_POOL"] = "0"
os.environ.setdefault("JISHI_HASHED_STATIC", "0")
os.environ.setdefault("JISHI_RATE_LIMITS", "0")
os.environ.setdefault("JISHI_ADS_BACKGROUND", "0")
os.environ.setdefault("JISHI_ADS_HOLDOUT_PPM", "0")  # whoever a test makes up sees ads
# Every test says which engine it means; a cluster that is named is for those with a real Elasticsearch.
if named := os.environ.pop("ELASTICSEARCH_URL", ""):
    os.environ["JISHI_TEST_ELASTICSEARCH_URL"] = named
