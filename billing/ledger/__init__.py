"""Accounts and immutable postings."""
