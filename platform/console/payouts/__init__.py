"""Payouts to shops: let through by two people, handed to the bank, answered."""
