"""What staff write down about a deed of theirs."""

MAX_REASON = 300


class NoReason(ValueError):
    """A reason without words explains nothing."""


def read_reason(text: str) -> str:
    """A reason as it is kept. Raises `NoReason`."""
    reason = " ".join(text.split())[:MAX_REASON]
    if not reason:
        raise NoReason
    return reason
