"""`python -m onebox COMMAND`: what `./run` hands over to when the environment stands."""

import errno
import sys

from onebox.commands import COMMANDS
from onebox.places import CannotContinue

FULL = (errno.ENOSPC, errno.EDQUOT)


def main(arguments: list[str]) -> int:
    """Run one command; a failure that was foreseen is one sentence."""
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except CannotContinue as reason:
        print(f"\n{reason}", file=sys.stderr)
    except OSError as error:
        if error.errno not in FULL:
            raise
        print(f"\nThe disk is full ({error.filename or error.strerror}). Make room and start again.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
