"""Audiences as bits of one number: a visitor has some, a campaign wants some.

Within a kind one of the wanted bits is enough; every kind of which some are wanted has to be met. Interests are the
uppermost categories by their place in the category tree.
"""

MOST_INTERESTS = 56
INTERESTS = (1 << MOST_INTERESTS) - 1

MOBILE, COMPUTER = 1 << 56, 1 << 57
NEW_BUYER, KNOWN_BUYER = 1 << 58, 1 << 59
"""Who never bought in the campaign's shop, and who did: known of members, and of guests that they are new."""

DEVICES = MOBILE | COMPUTER
BUYERS = NEW_BUYER | KNOWN_BUYER
KINDS = (INTERESTS, DEVICES, BUYERS)
EVERYTHING = INTERESTS | DEVICES | BUYERS


def is_met(wanted: int, has: int) -> bool:
    """Whether a visitor is who is wanted; a campaign without audiences wants everybody."""
    return not wanted or all(not wanted & kind or wanted & has & kind for kind in KINDS)


def list_bits(audiences: int) -> list[int]:
    """The single bits of a number, the lowest first."""
    return [1 << place for place in range(audiences.bit_length()) if audiences >> place & 1]
