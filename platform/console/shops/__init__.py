"""Shops: reviewing, suspending, one shop whole."""
