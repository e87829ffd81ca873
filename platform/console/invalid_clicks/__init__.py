"""The desk of invalid clicks that were found later: looked at, given back or refused."""
