"""What has to be remembered about a data folder. Standard library only."""

import json
from dataclasses import dataclass
from pathlib import Path

from onebox.places import CannotContinue, Place, write_private


@dataclass(frozen=True)
class Keeping:
    """What has to be remembered about a data folder: kept beside it, readable by its owner only."""

    superuser_password: str
    owner_password: str
    app_password: str
    elsewhere: str = ""  # the folder, when it could not be in the place
    sockets: str = ""
    roles_digest: str = ""

    def folder(self, place: Place) -> Path:
        """Where data and copied binaries are; a checkout that is moved takes them along."""
        return Path(self.elsewhere) if self.elsewhere else place.postgres


def find_keeping(place: Place) -> Keeping | None:
    """What was kept, None when there is no data folder yet. Raises CannotContinue when the file is damaged."""
    try:
        return Keeping(**json.loads((place.local / "postgres.json").read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise CannotContinue(
            f"{place.local / 'postgres.json'} cannot be read ({error}). It holds the database's passwords: restore it, "
            "or delete everything with ./run reset"
        ) from error


def keep(place: Place, keeping: Keeping) -> Keeping:
    """Write it down."""
    write_private(place.local / "postgres.json", json.dumps(keeping.__dict__, indent=1))
    return keeping
