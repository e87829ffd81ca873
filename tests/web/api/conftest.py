"""What the tests of the APIs' machinery stand on."""

from tests.merchant_portal.api.conftest import alone, trade

__all__ = ["alone", "trade"]
