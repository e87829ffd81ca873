"""Merchants' advertising balances for staff, and bonus given to one."""
