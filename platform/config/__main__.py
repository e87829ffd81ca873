"""`python -m config COMMAND`: Django's commands, with the environment of `.local/env` and the right database role."""

import os
import sys

from django.core.management import execute_from_command_line

from config.environment import load_local_environment

OWNER_COMMANDS = frozenset(
    {
        "migrate",
        "migrate_fleet",
        "makemigrations",
        "showmigrations",
        "sqlmigrate",
        "fill_schema_pool",
        "make_ad_partitions",
        "dbshell",
    }
)


def main() -> None:
    """Run one management command; those that change the database's shape run as its owner."""
    load_local_environment()
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["JISHI_DATABASE_ROLE"] = "owner"
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
