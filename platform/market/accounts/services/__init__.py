"""Writes on people: who they are, where they live, how they come in, how often they may try."""

from market.accounts.services.addresses import (
    AddressDraft,
    AddressNotFound,
    BadAddress,
    TooManyAddresses,
    add_address,
    change_address,
    find_problems,
    make_default,
    remove_address,
)
from market.accounts.services.attempts import TooManyAttempts, count_attempt, refuse_if_exhausted
from market.accounts.services.people import (
    AlreadyRegistered,
    BadDisplayName,
    PhoneTaken,
    appoint_staff,
    change_profile,
    claim_phone,
    end_all_sessions,
    register_person,
    set_totp_secret,
    suggest_phone,
)
from market.accounts.services.purging import purge_expired_rows
from market.accounts.services.tickets import BadTicket, mint_ticket, redeem_ticket

__all__ = [
    "AddressDraft",
    "AddressNotFound",
    "AlreadyRegistered",
    "BadAddress",
    "BadDisplayName",
    "BadTicket",
    "PhoneTaken",
    "TooManyAddresses",
    "TooManyAttempts",
    "add_address",
    "appoint_staff",
    "change_address",
    "change_profile",
    "claim_phone",
    "count_attempt",
    "end_all_sessions",
    "find_problems",
    "make_default",
    "mint_ticket",
    "purge_expired_rows",
    "redeem_ticket",
    "refuse_if_exhausted",
    "register_person",
    "remove_address",
    "set_totp_secret",
    "suggest_phone",
]
