"""How large and how long the measurement at a million listings is."""

import os

QUICK = bool(os.environ.get("JISHI_BENCH_QUICK"))
LISTINGS = int(os.environ.get("JISHI_BENCH_MILLION", "2000" if QUICK else "1000000"))
SECONDS = float(os.environ.get("JISHI_BENCH_SECONDS", "10"))
CLIENTS = (8,) if QUICK else (1, 8, 32)
QUESTIONS = 400
COMMITS = 20
BATCH = 5_000
CHECKED = 40
REBUILT = tuple(filter(None, os.environ.get("JISHI_BENCH_REBUILT", "tantivy").split(",")))
"""The engines whose index is built a second time, under questions: `tantivy,elastic` for both."""
NONE_CLOSED: frozenset[int] = frozenset()
