"""The ways for money to leave, each a `PayoutChannel`."""
