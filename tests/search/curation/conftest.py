"""Nothing that an earlier test's process kept."""

import pytest

from search.curation.selectors import forget_curation


@pytest.fixture(autouse=True)
def fresh_curation() -> None:
    forget_curation()
