"""The embedded PostgreSQL: only the binaries come from the wheel, everything about running them is here.

Standard library only. Passwords are generated and asked for (scram), the server listens on the loopback address, its
socket is in a short private folder. PostgreSQL refuses to run as root: started by root it gets an unprivileged user.
"""

from onebox.postgres.prepare import find_postgres, prepare_postgres, remove_postgres
from onebox.postgres.server import DATABASE, PostgresServer

__all__ = ["DATABASE", "PostgresServer", "find_postgres", "prepare_postgres", "remove_postgres"]
