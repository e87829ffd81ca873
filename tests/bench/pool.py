"""`python -m tests.bench.pool WANTED`: fill the pool of schemas as the owner; prints how many seconds it took.

A process of its own: the role is chosen when the settings are read.
"""

import os
import sys
import time

import django

os.environ["JISHI_DATABASE_ROLE"] = "owner"
django.setup()

from market.shops.fleet import fill_pool  # noqa: E402

if __name__ == "__main__":
    began = time.perf_counter()
    fill_pool(wanted=int(sys.argv[1]))
    print(time.perf_counter() - began)
